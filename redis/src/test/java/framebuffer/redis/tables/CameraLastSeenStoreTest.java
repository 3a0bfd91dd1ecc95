package framebuffer.redis.tables;

import static framebuffer.redis.testing.CaptureStream.KEYS;
import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.tables.CameraLastSeenStore.CameraCleanup;
import framebuffer.redis.testing.TestRedis;
import framebuffer.wire.EntryId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CameraLastSeenStoreTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();
    private static final int MOST = 5_000;
    private static final Duration DAY = Duration.ofHours(24);

    private static void seen(String camera, String entry) {
        CameraLastSeenStore.note(redis.connection(), KEYS, Map.of(camera, EntryId.parse(entry)), MOST);
    }

    private static Map<String, EntryId> read() {
        return CameraLastSeenStore.read(redis.connection(), KEYS);
    }

    @Test
    void theNewestFrameOfACameraIsKeptWhoeverNotesAnOlderOneLater() {
        seen("yard", "20-0");
        seen("yard", "10-5");
        assertThat(read()).containsExactly(Map.entry("yard", EntryId.parse("20-0")));
    }

    @Test
    void manyCamerasAreNotedAndReadInParts() {
        Map<String, EntryId> many = new HashMap<>();
        for (int camera = 0; camera < 2_500; camera++) {
            many.put("cam-" + camera, EntryId.parse(camera + 1 + "-0"));
        }
        CameraLastSeenStore.note(redis.connection(), KEYS, many, MOST);
        assertThat(read()).isEqualTo(many);
    }

    @Test
    void noMoreCamerasAreRememberedThanMayBe() {
        CameraLastSeenStore.note(redis.connection(), KEYS, Map.of("one", EntryId.parse("1-0")), 1);
        CameraLastSeenStore.note(redis.connection(), KEYS, Map.of("two", EntryId.parse("2-0")), 1);
        assertThat(read()).containsOnlyKeys("one");
    }

    @Test
    void whatSomebodyElseHasWrittenThereIsLeftOut() {
        redis.call("HSET", KEYS.camerasSeen(), "odd", "yesterday");
        seen("yard", "20-0");
        assertThat(read()).containsOnlyKeys("yard");
    }

    @Test
    void aCameraThatIsSilentForLongLeavesAndItsFramesAreCountedAsOfOthers() {
        redis.call("HSET", KEYS.ledger(), "captured:yard", "3", "done:yard", "3");
        // Two years before this was written.
        seen("yard", "1732924800000-0");
        CameraCleanup tidied = CameraLastSeenStore.tidy(redis.connection(), KEYS, DAY, MOST, CameraCleanup.START);
        assertThat(tidied.gone()).isPositive();
        assertThat(read()).isEmpty();
        assertThat(redis.hash(KEYS.ledger())).containsEntry("captured:other", "3").containsEntry("done:other", "3")
                .doesNotContainKeys("captured:yard", "done:yard");
    }

    @Test
    void aCameraThatIsCountedAndWasNeverSeenIsNotListedAndLeavesAsOthersDo() {
        redis.call("HSET", KEYS.ledger(), "captured:yard", "3", "done:yard", "3");
        CameraLastSeenStore.tidy(redis.connection(), KEYS, DAY, MOST, CameraCleanup.START);
        assertThat(read()).isEmpty();
        assertThat(redis.hash(KEYS.ledger())).containsKey("captured:yard");
        CameraCleanup later = CameraLastSeenStore.tidy(redis.connection(), KEYS, Duration.ofMinutes(-1), MOST,
                CameraCleanup.START);
        assertThat(later.gone()).isPositive();
        assertThat(redis.hash(KEYS.ledger())).containsEntry("captured:other", "3").doesNotContainKey("captured:yard");
    }

    @Test
    void aDeletedCameraIsForgottenAndOneThatNobodyKnowsCannotBeDeleted() {
        seen("yard", "20-0");
        assertThat(CameraLastSeenStore.delete(redis.connection(), KEYS, "yard", "changes")).isTrue();
        assertThat(read()).isEmpty();
        assertThat(CameraLastSeenStore.delete(redis.connection(), KEYS, "nobody", "changes")).isFalse();
    }
}
