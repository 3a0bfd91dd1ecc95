package framebuffer.trials.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.trials.chaos.check.CheckResult;
import framebuffer.trials.chaos.check.FrameEnd;
import framebuffer.trials.chaos.check.FrameLog;
import framebuffer.trials.chaos.check.FrameNature;
import framebuffer.trials.chaos.check.Violation;
import framebuffer.trials.chaos.faults.FaultKind;
import framebuffer.trials.chaos.faults.Participants;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ChaosSummaryTest {
    private static final Chaos CHAOS = new Chaos(7, Duration.ofSeconds(10), new Participants(2, 3), 200, 4,
            Chaos.Sync.ALWAYS, Set.of(FaultKind.CUT));

    private static String printed(Map<Violation.ViolationType, Integer> counts, List<Violation> offences,
            List<String> problems) {
        StringWriter text = new StringWriter();
        new ChaosSummary(CHAOS, Duration.ofMillis(1_500), 12,
                List.of(new History.Event(Duration.ofMillis(2_250), "cut one")),
                new CheckResult(new FrameLog.LogCounts(2_000, 1_990, 1_990, 6, 1_980, 0),
                        new CheckResult.EndCounts(1_980, 6, 3, 1, 2), counts, offences, problems))
                .print(new PrintWriter(text));
        return text.toString();
    }

    @Test
    void aRunThatKeptAllPromisesIsToldInWords() {
        assertThat(printed(Map.of(), List.of(), List.of())).contains("2.250 s  cut one",
                "1990 stored (199.0 a second), 6 refused, 4 without an answer",
                "1980 done, 3 shed, 6 dead; at most 12 outstanding", "1 lost by Redis", "2 that ended again",
                "all ended 1.5 s after", "Every frame ended as promised.", "frame-buffer chaos --seed 7 ")
                .doesNotContain("WRONG");
    }

    @Test
    void eachBrokenPromiseIsTold() {
        FrameLog log = new FrameLog(1);
        log.sent(0, FrameNature.PLAIN);
        log.told(0, 100, 0);
        log.ended(0, new FrameEnd(FrameEnd.EndType.DEAD, "none", 1, 200));
        assertThat(printed(Map.of(Violation.ViolationType.DEAD_WITHOUT_CAUSE, 1),
                List.of(new Violation(Violation.ViolationType.DEAD_WITHOUT_CAUSE, log.story(0))),
                List.of("the ledger is out")))
                .contains("WRONG    1: the frame became a dead letter", "dead_without_cause: frame 0: ",
                        "stored at 0.1 s",
                        "WRONG    the ledger is out", "PROMISES WERE BROKEN.");
    }
}
