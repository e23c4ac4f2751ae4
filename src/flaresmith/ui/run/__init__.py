"""A run: durable work shown as a vertical list of steps that fills itself while the work goes on.

**Events.** A run is a log of events, sent to the browser as server-sent events: `id: <seq>` and one line
`data: {"seq": n, "at": "<RFC 3339 with zone>", "type": …}`. After a break the browser asks again with
`Last-Event-ID: <seq>` and expects everything after it; comment lines (`: …`) at least every 30 s say that the line is
alive. An event that was seen already, has an unknown type, or lacks its `seq` changes nothing.

=================  ===================================================================================================
type               fields (beside seq, at, type)
=================  ===================================================================================================
`run.started`      optional `steps`: [{`step`, `title`, `group`}] announced ahead, so that the total is known;
                   optional `usual_s`: how long this takes as a rule, seconds
`step.started`     `step` (stable id), `title`, `group` (a lane: `github`, `dev`, …)
`step.attempt`     `step`, `attempt` (the number of the attempt that comes next, from 2), `of`, `wait_s` (until then),
                   `error` (why the one before ended)
`step.log`         `step`, `line`
`step.finished`    `step`, `outcome`: done | failed | skipped | unchanged; `seconds`; optional `link`, `error`
`run.waiting`      optional `summary`: the run waits for a person; the next `step.started` takes it on
`run.finished`     `outcome`: done | failed | cancelled; `summary`
=================  ===================================================================================================

The stream may end after `run.finished`; the browser then does not come back. `fold` turns events into a `Run`, and
`step_list` a `Run` into HTML. Both are pure; `browser/run-model.js` and `browser/run-view.js` are the same two
functions, and a property test holds them equal.
"""

from flaresmith.ui.run.model import Event, Run, Step, fold
from flaresmith.ui.run.view import run_view, step_list, sum_line

__all__ = ["Event", "Run", "Step", "fold", "run_view", "step_list", "sum_line"]
