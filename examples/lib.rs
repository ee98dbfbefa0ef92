//! Programs that use `telemetry-runtime` as a newcomer would; each lives in a folder of its own beside this file.
