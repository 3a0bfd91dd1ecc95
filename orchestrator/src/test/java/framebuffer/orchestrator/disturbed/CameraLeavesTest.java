package framebuffer.orchestrator.disturbed;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.RedisSite;
import framebuffer.orchestrator.Site;
import framebuffer.orchestrator.observability.stats.Ledger;
import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.queues.DeadLetterStore;
import framebuffer.redis.tables.CameraLastSeenStore;
import framebuffer.redis.tables.CameraLastSeenStore.CameraCleanup;
import framebuffer.testkit.Await;
import framebuffer.wire.frame.ReturnedFrame.ReturnReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The frames of a camera stay counted after it has left by silence or deletion. */
class CameraLeavesTest {
    @RegisterExtension
    static final RedisSite REDIS = new RedisSite();
    private static final Duration DAY = Duration.ofHours(24);
    private static final String SEEN = Site.KEYS.camerasSeen();

    @SuppressWarnings("NullAway.Init")
    private Site site;

    @BeforeEach
    void open() {
        site = REDIS.site();
    }

    private List<StreamEntry> given(int frames) {
        site.register("a", 100, "face");
        site.start("i1");
        IntStream.range(0, frames).forEach(i -> site.capture("f" + i, "yard", "face"));
        Await.until("it has them", () -> site.length("frames:ready:a") == frames);
        Await.until("the camera is known", () -> sighting("yard") != null);
        return site.read("a", frames);
    }

    private @Nullable Object sighting(String camera) {
        return site.redis.call("HGET", SEEN, camera);
    }

    private void wasLastSeenLongAgo(String camera) {
        site.redis.call("HSET", SEEN, camera, "1500000000000-0");
    }

    private int tidy(int fields) {
        CameraCleanup tidied = CameraCleanup.START;
        int gone = 0;
        for (int i = 0; i < fields; i++) {
            tidied = CameraLastSeenStore.tidy(site.redis, Site.KEYS, DAY, 1_000, tidied);
            gone += tidied.gone();
        }
        return gone;
    }

    private Map<String, Long> counted(String camera) {
        return site.ledger().counts().getOrDefault(camera, Map.of());
    }

    private void balances() {
        Await.until("it balances", () -> Ledger.of(site.ledger()).balanced());
    }

    @Test
    void oneThatIsSilentForLongLeavesAndItsTotalsStay() {
        given(3).forEach(entry -> site.finish("a", entry));
        wasLastSeenLongAgo("yard");
        Await.until("it leaves by itself", () -> sighting("yard") == null);
        assertThat(counted("yard")).isEmpty();
        assertThat(counted("other")).isEqualTo(Map.of("captured", 3L, "done", 3L));
        site.capture("again", "yard", "face");
        Await.until("it is there again", () -> counted("yard").equals(Map.of("captured", 1L)));
        balances();
    }

    @Test
    void oneWithFramesInFlightStaysUntilTheyHaveEnded() {
        List<StreamEntry> held = given(3);
        site.finish("a", held.getFirst());
        assertThat(CameraLastSeenStore.delete(site.redis, Site.KEYS, "yard", "")).isTrue();
        assertThat(CameraLastSeenStore.read(site.redis, Site.KEYS)).doesNotContainKey("yard");
        assertThat(counted("yard")).isEqualTo(Map.of("captured", 2L));
        held.subList(1, 3).forEach(entry -> site.finish("a", entry));
        Await.until("it has left", () -> counted("yard").isEmpty());
        assertThat(counted("other")).isEqualTo(Map.of("captured", 3L, "done", 3L));
        balances();
    }

    @Test
    void aDeadLetterOfOneThatHasLeftBeginsAgainAsItsOwn() {
        site.giveBack("a", given(1).getFirst(), ReturnReason.REJECTED, Duration.ZERO);
        Await.until("it is dead", () -> site.length(Site.KEYS.deadLetter()) == 1);
        CameraLastSeenStore.delete(site.redis, Site.KEYS, "yard", "");
        assertThat(counted("other")).isEqualTo(Map.of("captured", 1L, "dead", 1L));
        DeadLetterStore store = new DeadLetterStore(Site.KEYS);
        assertThat(store.requeue(site.redis,
                store.list(site.redis,
                        new DeadLetterStore.DeadLetterQuery(DeadLetterStore.ListOrder.OLDEST_FIRST, null, null, null,
                                10))
                        .letters()))
                .hasSize(1);
        site.capture("f1", "yard", "face");
        List<StreamEntry> held = new ArrayList<>();
        Await.until("both are given", () -> {
            held.addAll(site.read("a", 2));
            return held.size() == 2;
        });
        held.forEach(entry -> site.finish("a", entry));
        balances();
        assertThat(counted("yard")).isEqualTo(Map.of("captured", 2L, "done", 2L));
    }

    @Test
    void whoIsNotSilentStaysAndWhoWasNeverSeenIsSeenFromNowOn() {
        site.redis.call("HSET", Site.KEYS.ledger(), "captured:a", 1, "done:a", 1, "captured:unknown", 1, "lost:unknown",
                1);
        assertThat(tidy(10)).isZero();
        assertThat(Objects.requireNonNull(sighting("a"))).isNotNull();
        assertThat(sighting("unknown")).isNull();
        assertThat(tidy(10)).isZero();
        wasLastSeenLongAgo("a");
        assertThat(tidy(10)).isOne();
        assertThat(Replies.number(site.redis.call("HLEN", SEEN))).isZero();
    }

    @Test
    void anIdThatIsNoTimeSaysNothing() {
        site.redis.call("HSET", Site.KEYS.ledger(), "captured:small", 1, "done:small", 1, "captured:micros", 1,
                "done:micros", 1);
        site.redis.call("HSET", SEEN, "small", "17-0", "micros", "1796019311000000-0");
        assertThat(tidy(10)).isZero();
        assertThat(counted("small")).isEqualTo(Map.of("captured", 1L, "done", 1L));
        assertThat(Objects.requireNonNull(CameraLastSeenStore.read(site.redis, Site.KEYS).get("micros")).time())
                .isBefore(site.now().plusSeconds(1));
    }

    @Test
    void whatNobodyKnowsCannotBeDeleted() {
        assertThat(CameraLastSeenStore.delete(site.redis, Site.KEYS, "nowhere", "")).isFalse();
        assertThat(CameraLastSeenStore.delete(site.redis, Site.KEYS, "other", "")).isFalse();
    }

    @Test
    void aHundredThousandCamerasAreLookedThroughAFewAtATime() {
        for (int from = 0; from < 100_000; from += 1_000) {
            List<Object> line = new ArrayList<>(List.of(SEEN));
            IntStream.range(from, from + 1_000).forEach(i -> line.addAll(List.of("c" + i, "1500000000000-0")));
            site.redis.call("HSET", line.toArray());
        }
        int gone = CameraLastSeenStore.tidy(site.redis, Site.KEYS, DAY, 100_000, CameraCleanup.START).gone();
        assertThat(gone).isBetween(100, 1_000);
    }
}
