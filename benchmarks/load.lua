-- For wrk: requests the paths of the file PATHS in turn, each thread from a place of its own, and prints the figures in
-- JSON at the end. With UNIQUE each path gets a number that no other request has, for no cache to know it.
local paths = {}
for line in io.lines(os.getenv("PATHS")) do paths[#paths + 1] = line end
local accept = os.getenv("ACCEPT") or "application/sparql-results+json"
local unique = os.getenv("UNIQUE")
local headers = {Accept = accept}
local place, sent, mark = 0, 0, ""
local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end

function init()
  place = (number * 7919) % #paths
  mark = unique and string.format("%s-%d-", unique, number)
end

function request()
  place = place % #paths + 1
  sent = sent + 1
  local path = paths[place]
  if mark then path = path .. mark .. sent end
  return wrk.format("GET", path, headers)
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.status + errors.timeout + errors.read + errors.connect + errors.write
  io.write(string.format(
    '{"requests": %d, "seconds": %.4f, "p50": %.4f, "p99": %.4f, "failed": %d}\n', summary.requests,
    summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000, failed))
end
