/**
 * Runs one call of the auth client and returns the message to show, or null if it worked.
 * An answer of the server comes back as `error`; a server that cannot be reached makes the call throw.
 */
export async function attempt(call) {
  try {
    const { error } = await call();
    return error ? (error.message ?? "Something went wrong. Please try again.") : null;
  } catch {
    return "The sign-in service does not answer. Please try again.";
  }
}
