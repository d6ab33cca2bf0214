pytest_plugins = ["betterauth_py.testing.plugin"]
