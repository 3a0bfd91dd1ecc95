package framebuffer.orchestrator.disturbed;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.RedisSite;
import framebuffer.orchestrator.Site;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.redis.StreamEntry;
import framebuffer.testkit.Await;
import framebuffer.wire.frame.ReturnedFrame.ReturnReason;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames still flow, and each is counted, after streams and groups were set to ids far in the future, or trimmed. */
class MovedPositionsTest {
    @RegisterExtension
    static final RedisSite redis = new RedisSite();
    private static final String CAPTURE = Site.KEYS.capture();
    private static final String FACES = "frames:ready:face-1";
    private static final String FUTURE = "9000000000000-0";
    private static final int CAPACITY = 10;

    @SuppressWarnings("NullAway.Init")
    private Site site;
    @SuppressWarnings("NullAway.Init")
    private Pipeline way;
    private int captured;

    @BeforeEach
    void start() {
        site = redis.site();
        site.register("face-1", CAPACITY, "face");
        way = site.start("i1");
    }

    private void capture(int frames) {
        for (int i = 0; i < frames; i++) {
            site.capture("f" + captured++, "cam", "face");
        }
    }

    private void allAreDoneOnce() {
        Await.until("all are done", () -> {
            site.read("face-1", CAPACITY).forEach(entry -> site.finish("face-1", entry));
            return site.count("cam", "done") == captured;
        });
        assertThat(site.texts(Site.KEYS.results(), "frame_id")).doesNotHaveDuplicates();
        balances(0);
        assertThat(site.ledger().counts()).containsOnlyKeys("cam");
        assertThat(way.trouble()).isEmpty();
    }

    private void balances(long underWay) {
        Await.until("the ledger balances",
                () -> site.ledger().underWay() == underWay && Site.inFlight(site.ledger()) == underWay);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ourGroupOfTheCaptureStreamReadsOnWhetherFramesWaitOrNot(boolean wait) {
        capture(wait ? 30 : CAPACITY);
        Await.until("all are read", () -> site.count("cam", "captured") == captured);
        site.redis.call("XGROUP", "SETID", CAPTURE, Site.GROUP, FUTURE);
        capture(30);
        allAreDoneOnce();
        site.redis.call("XGROUP", "SETID", CAPTURE, Site.GROUP, FUTURE);
        capture(5);
        allAreDoneOnce();
    }

    @Test
    void besidesAnotherGroupOurGroupReadsOnBehindWhatItHasRead() {
        site.redis.call("XGROUP", "CREATE", CAPTURE, "recorder", "0", "MKSTREAM");
        capture(CAPACITY);
        allAreDoneOnce();
        site.redis.call("XGROUP", "SETID", CAPTURE, Site.GROUP, FUTURE);
        capture(30);
        allAreDoneOnce();
    }

    @Test
    void ourGroupOfTheFramesGivenBackReadsOn() {
        capture(CAPACITY);
        Await.until("all are queued", () -> site.length(FACES) == CAPACITY);
        site.redis.call("XGROUP", "SETID", Site.KEYS.returned(), Site.GROUP, FUTURE);
        for (StreamEntry entry : site.read("face-1", CAPACITY)) {
            site.giveBack("face-1", entry, ReturnReason.RETRY, Duration.ZERO);
        }
        allAreDoneOnce();
    }

    @Test
    void streamsWhoseNextIdsLieInTheFuture() {
        capture(30);
        Await.until("all are read", () -> site.count("cam", "captured") == 30);
        Stream.of(CAPTURE, FACES, Site.KEYS.returned())
                .forEach(stream -> site.redis.call("XSETID", stream, FUTURE));
        capture(30);
        site.read("face-1", 5).forEach(entry -> site.giveBack("face-1", entry, ReturnReason.RETRY, Duration.ZERO));
        allAreDoneOnce();
    }

    @Test
    void theDeadLettersAreDeletedWhileFramesBecomeSome() {
        capture(30);
        for (int round = 1; round <= 3; round++) {
            Await.until("they are queued", () -> site.length(FACES) == CAPACITY);
            site.read("face-1", CAPACITY)
                    .forEach(entry -> site.giveBack("face-1", entry, ReturnReason.REJECTED, Duration.ZERO));
            int dead = round * CAPACITY;
            Await.until("they are dead", () -> site.count("cam", "dead") == dead);
            site.redis.call("DEL", Site.KEYS.deadLetter());
        }
        balances(0);
        assertThat(way.trouble()).isEmpty();
    }
}
