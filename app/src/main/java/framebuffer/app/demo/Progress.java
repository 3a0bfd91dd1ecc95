package framebuffer.app.demo;

import framebuffer.app.terminal.ProgressLine;
import framebuffer.orchestrator.ledger.Counts;
import java.time.Duration;

/** What a demo says of itself while it runs. */
record Progress(ProgressLine line) {

    void ready(String url) {
        line.say("Open " + url + "/ in a browser to see everything; REST at " + url + ". Ctrl-C ends it.");
    }

    void at(Duration since, Counts counts, Results.Tally results) {
        line.at(since, () -> counts.captured() + " frames captured, " + counts.inFlight() + " under way, "
                + results.results() + " results, " + results.objects() + " objects found");
    }

    void finishing(long underWay) {
        line.say("The cameras have stopped; finishing " + underWay + " frames.");
    }
}
