-- SPDX-License-Identifier: Apache-2.0
--
-- One request over and over for wrk, from the environment: BENCH_COOKIE, and BENCH_BODY for a POST. Ends with one line
-- of numbers, without words to take apart.
wrk.headers["Cookie"] = os.getenv("BENCH_COOKIE")
if os.getenv("BENCH_BODY") then
    wrk.method = "POST"
    wrk.body = os.getenv("BENCH_BODY")
    wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
end

function done(summary, latency)
    local errors = summary.errors
    local lost = errors.connect + errors.read + errors.write + errors.timeout
    io.write(string.format("numbers %d %d %d %d %d\n", summary.requests, summary.duration, lost, errors.status,
        latency.max))
end
