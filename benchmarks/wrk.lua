-- One round of wrk: rotates over the requests of a file and checks every answer.
--   wrk ... -s wrk.lua URL -- <requests file> <first request> <what every body begins with>

local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  local requests = {}
  for line in io.lines(args[1]) do
    local method, path, cookie = line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)")
    local headers = { Accept = "application/json" }
    if cookie ~= "" then headers["Cookie"] = cookie end
    requests[#requests + 1] = wrk.format(method, path, headers)
  end
  local next = tonumber(args[2]) % #requests
  local beginning = args[3]
  local whole = beginning == "null"
  wrong, sample = 0, ""

  function request()
    next = next % #requests + 1
    return requests[next]
  end

  function response(status, headers, body)
    if status ~= 200 or body:sub(1, #beginning) ~= beginning
      or (not whole and not body:find('"user":{"', 1, true)) then
      wrong = wrong + 1
      sample = status .. " " .. body:sub(1, 200)
    end
  end
end

function done(summary, latency, requests)
  local wrong, sample = 0, ""
  for _, thread in ipairs(threads) do
    wrong = wrong + thread:get("wrong")
    sample = sample .. thread:get("sample")
  end
  local errors = summary.errors
  io.write(string.format("RESULT\t%d\t%d\t%f\t%f\t%d\t%d\t%s\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), wrong,
    errors.connect + errors.read + errors.write + errors.timeout, (sample:gsub("%s", " "))))
end
