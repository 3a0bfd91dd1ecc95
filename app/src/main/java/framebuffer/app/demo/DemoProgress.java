package framebuffer.app.demo;

import framebuffer.app.terminal.ProgressLine;
import framebuffer.orchestrator.observability.stats.Ledger.LedgerCounts;
import java.time.Duration;

/** Prints the progress of a demo. */
record DemoProgress(ProgressLine line) {

    void ready(String url) {
        line.show("Open " + url + "/ in a browser to watch; REST at " + url + ". Ctrl-C stops the demo.");
    }

    void at(Duration since, LedgerCounts counts, ResultCollector.CapabilityResults results) {
        line.at(since, () -> counts.captured() + " frames captured, " + counts.inFlight() + " in flight, "
                + results.results() + " results, " + results.objects() + " objects found");
    }

    void finishing(long underWay) {
        line.show("The cameras have stopped; finishing " + underWay + " frames.");
    }
}
