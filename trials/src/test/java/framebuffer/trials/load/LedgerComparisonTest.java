package framebuffer.trials.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import framebuffer.orchestrator.observability.stats.Ledger.LedgerCounts;
import framebuffer.trials.load.Latencies.Percentiles;
import framebuffer.trials.load.LedgerComparison.Reading;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LedgerComparisonTest {
    private static final Reading NOTHING = new Reading(new LedgerCounts(0, 0, Map.of(), 0, 0), 0);

    static Sender.Sent sent(long announced, long refused, long resent, long unsent) {
        return new Sender.Sent(announced, refused, resent, unsent, 0, 0, new Percentiles(0, 0, 0, 0, 0),
                refused == 0 ? null : "OOM no memory");
    }

    private static Reading reading(long captured, long done, long lost, long unread) {
        return new Reading(new LedgerCounts(captured, done, Map.of(), 0, lost), unread);
    }

    private static LedgerComparison of100(Reading after) {
        return new LedgerComparison(sent(100, 0, 0, 0), NOTHING, after);
    }

    @Test
    void onlyWhatHappenedSinceTheBeginningCounts() {
        Reading before = new Reading(new LedgerCounts(50, 20, Map.of("expired", 5L, "superseded", 1L), 3, 1), 0);
        Reading after = new Reading(new LedgerCounts(150, 100, Map.of("expired", 15L, "superseded", 1L), 7, 1), 0);
        LedgerComparison account = new LedgerComparison(sent(100, 0, 0, 0), before, after);
        JsonNode json = account.addTo(JsonNodeFactory.instance.objectNode());
        assertThat(json).hasToString("{\"left_over\":20,\"captured\":100,\"done\":80,\"shed\":{\"expired\":10},"
                + "\"dead\":4,\"lost\":0,\"in_flight\":26,\"unread\":0,\"unknown\":0,\"foreign\":0}");
        assertThat(account.balances()).isTrue();
        assertThat(account.endedWithout()).isEqualTo(14);
        assertThat(account.line()).isEqualTo("20 left over + 100 captured = 80 done + 10 shed + 4 dead + 0 lost"
                + " + 26 in flight: every frame is accounted for");
    }

    @Test
    void itIsSettledWhenAllHaveBeenCapturedAndHaveEnded() {
        assertThat(of100(reading(100, 100, 0, 0)).settled()).isTrue();
        assertThat(of100(reading(100, 99, 0, 0)).settled()).isFalse();
        assertThat(of100(reading(99, 99, 0, 1)).settled()).isFalse();
    }

    @Test
    void whatWaitsToBeReadIsAccountedFor() {
        LedgerComparison account = of100(reading(60, 60, 0, 70));
        assertThat(account.unread()).isEqualTo(40);
        assertThat(account.balances()).isTrue();
        assertThat(account.line()).contains("; 40 not read yet: every frame");
    }

    @Test
    void aFrameOfWhichTheServiceKnowsNothingIsNot() {
        LedgerComparison account = of100(reading(60, 60, 0, 39));
        assertThat(account.unknown()).isOne();
        assertThat(account.balances()).isFalse();
        assertThat(account.line()).contains("1 UNKNOWN TO THE SERVICE", "NOT EVERY FRAME IS ACCOUNTED FOR");
    }

    @Test
    void norIsAFrameThatIsLostRefusedOrUnsent() {
        assertThat(of100(reading(100, 99, 1, 0)).balances()).isFalse();
        assertThat(new LedgerComparison(sent(99, 1, 0, 0), NOTHING, reading(99, 99, 0, 0)).balances()).isFalse();
        assertThat(new LedgerComparison(sent(99, 0, 0, 1), NOTHING, reading(99, 99, 0, 0)).balances()).isFalse();
    }

    @Test
    void whereNoServiceHasReadAnythingNothingIsAccountedFor() {
        assertThat(of100(reading(0, 0, 0, 100)).balances()).isFalse();
    }

    @Test
    void whatWasSentTwiceOrLayThereBeforeMayBeCapturedMoreThanOnceAndNoMore() {
        Reading before = reading(0, 0, 0, 5);
        LedgerComparison within = new LedgerComparison(sent(100, 0, 10, 0), before, reading(115, 115, 0, 0));
        assertThat(within.balances()).isTrue();
        LedgerComparison beyond = new LedgerComparison(sent(100, 0, 10, 0), before, reading(116, 116, 0, 0));
        assertThat(beyond.balances()).isFalse();
        assertThat(beyond.line()).contains("1 from another load");
    }
}
