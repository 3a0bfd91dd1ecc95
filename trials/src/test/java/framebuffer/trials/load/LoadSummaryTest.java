package framebuffer.trials.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.orchestrator.observability.stats.Ledger.LedgerCounts;
import framebuffer.trials.load.Latencies.Percentiles;
import framebuffer.trials.load.LedgerComparison.Reading;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LoadSummaryTest {
    private static final Percentiles FIGURES = new Percentiles(398, 20.5, 31.25, 40, 50);
    private static final ResultCounts.ResultTotals RESULTS = new ResultCounts.ResultTotals(390, 8, 1, 0, 2,
            4_000_000_000L, FIGURES,
            Map.of(10, new Percentiles(17, 1, 2, 3, 4)));
    private static final Sender.Sent SENT = new Sender.Sent(400, 3, 5, 0, 7_250_400, 1_999_000_000L, FIGURES,
            "OOM no memory");

    private static LoadSummary summary(int processors, @Nullable LedgerComparison account) {
        Load load = new Load(200, 4, Duration.ofSeconds(2), PriorityMix.parse("0:1"), List.of("load"), 0,
                new SimulatedProcessors.Kind(processors, Duration.ofMillis(20), 4, 2));
        return new LoadSummary(load, load.duration(), SENT, RESULTS, account);
    }

    private static LedgerComparison account(Sender.Sent sent) {
        return new LedgerComparison(sent, new Reading(new LedgerCounts(0, 0, Map.of(), 0, 0), 0),
                new Reading(new LedgerCounts(400, 398, Map.of(), 2, 0), 0));
    }

    private static String printed(LoadSummary summary) {
        StringWriter text = new StringWriter();
        summary.print(new PrintWriter(text));
        return text.toString();
    }

    @Test
    void asJsonItHasEveryFigure() {
        JsonNode json = summary(0, account(SENT)).json();
        assertThat(json.path("sent").asLong()).isEqualTo(400);
        assertThat(json.path("refused").asLong()).isEqualTo(3);
        assertThat(json.path("resent").asLong()).isEqualTo(5);
        assertThat(json.path("sent_per_second").asDouble()).as("the last frame lasts as long as others").isEqualTo(200);
        assertThat(json.path("behind_ms_max").asDouble()).isEqualTo(7.25);
        assertThat(json.path("results")).hasToString(
                "{\"success\":390,\"error\":8,\"repeated\":1,\"forgotten\":0,\"per_second\":99.5}");
        assertThat(json.path("missing").asLong()).isEqualTo(2);
        assertThat(json.path("result_ms")).hasToString(
                "{\"count\":398,\"p50\":20.5,\"p99\":31.25,\"p99_9\":40.0,\"max\":50.0}");
        assertThat(json.path("result_ms_by_priority").path("10").path("max").asDouble()).isEqualTo(4);
        assertThat(json.path("ledger").path("dead").asLong()).isEqualTo(2);
        assertThat(json.path("accounted_for").asBoolean(true)).as("three were refused").isFalse();
    }

    @Test
    void forPeopleItSaysWhatWasSimulatedAndWhatWentWrong() {
        assertThat(printed(summary(3, account(SENT)))).contains("200 frames/s of 4 cameras, for 2.0 s",
                "3 processors, 20 ms a frame, capacity 4, concurrency 2", "at most 7.3 ms behind",
                "390 success, 8 error",
                "result, priority 10", "by Redis: OOM no memory", "may be stored twice",
                "400 captured = 398 done + 0 shed + 2 dead");
    }

    @Test
    void whatDidNotHappenIsNotMentioned() {
        Sender.Sent fine = LedgerComparisonTest.sent(400, 0, 0, 0);
        LoadSummary summary = new LoadSummary(summary(0, null).load(), Duration.ofSeconds(2), fine, RESULTS,
                account(fine));
        assertThat(printed(summary)).doesNotContain("Simulated", "refused", "unsent", "resent", "forgotten");
        assertThat(summary.balances()).isTrue();
    }

    @Test
    void withoutALedgerNothingIsAccountedFor() {
        LoadSummary summary = summary(0, null);
        assertThat(summary.balances()).isFalse();
        assertThat(summary.json().path("ledger").isNull()).isTrue();
        assertThat(printed(summary)).contains("Ledger   unreadable");
    }
}
