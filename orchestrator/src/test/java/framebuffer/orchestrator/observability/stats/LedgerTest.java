package framebuffer.orchestrator.observability.stats;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.frames.LedgerReader.LedgerReading;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LedgerTest {

    @Test
    void whatBeganAndDidNotEndIsInFlight() {
        Ledger ledger = Ledger.of(new LedgerReading(Map.of("cam0",
                Map.of("captured", 100L, "done", 60L, "dead", 3L, "lost", 1L, "shed.expired", 4L, "shed.superseded",
                        2L)),
                30));
        assertThat(ledger.total().inFlight()).isEqualTo(30);
        assertThat(ledger.balanced()).isTrue();
    }

    @Test
    void itDoesNotBalanceWhenMoreOrFewerFramesAreThere() {
        Map<String, Map<String, Long>> counts = Map.of("cam0", Map.of("captured", 2L, "done", 1L));
        assertThat(Ledger.of(new LedgerReading(counts, 1)).balanced()).isTrue();
        assertThat(Ledger.of(new LedgerReading(counts, 0)).balanced()).isFalse();
        assertThat(Ledger.of(new LedgerReading(counts, 2)).balanced()).isFalse();
    }

    @Test
    void itDoesNotBalanceWhenTwoErrorsCancelEachOtherOut() {
        Ledger ledger = Ledger.of(
                new LedgerReading(Map.of("cam0", Map.of("captured", 1L, "done", 2L), "cam1", Map.of("captured", 1L)),
                        0));
        assertThat(ledger.total().inFlight()).isZero();
        assertThat(ledger.balanced()).isFalse();
    }

    @Test
    void itBalancesWhenAFrameEndedUnderNoCameraBecauseItVanishedWithItsFields() {
        Ledger ledger = Ledger
                .of(new LedgerReading(Map.of("cam0", Map.of("captured", 1L), "unknown", Map.of("lost", 1L)), 0));
        assertThat(ledger.total().lost()).isOne();
        assertThat(ledger.balanced()).isTrue();
    }

    @Test
    void anEmptyLedgerBalances() {
        assertThat(Ledger.of(new LedgerReading(Map.of(), 0)).json()).hasToString("{\"balanced\":true,\"total\":"
                + "{\"captured\":0,\"done\":0,\"shed\":{},\"dead\":0,\"in_flight\":0,\"lost\":0},\"cameras\":[]}");
    }

    @Test
    void asJsonItHasTheDocumentedForm() {
        Ledger ledger = Ledger
                .of(new LedgerReading(Map.of("cam0", Map.of("captured", 9L, "done", 5L, "shed.expired", 1L),
                        "cam1", Map.of("captured", 2L, "shed.expired", 1L, "dead", 1L)), 3));
        assertThat(ledger.json().path("total")).hasToString("{\"captured\":11,\"done\":5,\"shed\":{\"expired\":2},"
                + "\"dead\":1,\"in_flight\":3,\"lost\":0}");
        assertThat(ledger.json().path("cameras")).hasSize(2).extracting(camera -> camera.path("camera_id").asText())
                .containsExactlyInAnyOrder("cam0", "cam1");
        assertThat(ledger.json().path("balanced").asBoolean()).isTrue();
    }
}
