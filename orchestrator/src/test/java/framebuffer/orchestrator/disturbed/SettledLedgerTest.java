package framebuffer.orchestrator.disturbed;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.RedisSite;
import framebuffer.orchestrator.Site;
import framebuffer.redis.StreamEntry;
import framebuffer.testkit.Await;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The ledger's count in flight recovers from foreign changes of our keys. */
class SettledLedgerTest {
    @RegisterExtension
    static final RedisSite redis = new RedisSite();
    @SuppressWarnings("NullAway.Init")
    private Site site;

    @BeforeEach
    void open() {
        site = redis.site();
    }

    private void queued(int frames) {
        site.register("face-1", 1_000, "face");
        site.start("i1");
        for (int i = 0; i < frames; i++) {
            site.capture("f" + i, "cam", "face");
        }
        Await.until("all are queued", () -> site.length("frames:ready:face-1") == frames);
    }

    private void ends(long done, long lost) {
        Await.until("they have ended", () -> site.count("cam", "done") == done && site.count("cam", "lost") == lost);
        assertThat(Site.inFlight(site.ledger())).isEqualTo(site.ledger().underWay());
    }

    @Test
    void framesOfAProcessorThatAcknowledgesAndDeletesAreDone() {
        queued(50);
        List<StreamEntry> read = site.read("face-1", 50);
        for (StreamEntry entry : read) {
            site.redis.call("MULTI");
            site.redis.call("XACK", "frames:ready:face-1", "face-1-group", entry.id().toString());
            site.redis.call("XDEL", "frames:ready:face-1", entry.id().toString());
            site.redis.call("EXEC");
        }
        ends(50, 0);
    }

    @Test
    void framesWhoseQueueIsDeletedAreLost() {
        queued(100);
        site.redis.call("DEL", "frames:ready:face-1");
        ends(0, 100);
    }

    @Test
    void framesThatWaitInACaptureStreamThatIsDeletedAreLostAndLaterOnesGoTheirWay() {
        site.start("i1");
        for (int i = 0; i < 50; i++) {
            site.capture("f" + i, "cam", "face");
        }
        Await.until("all are captured", () -> site.count("cam", "captured") == 50);
        site.redis.call("DEL", Site.KEYS.capture());
        ends(0, 50);
        site.register("face-1", 10, "face");
        site.capture("late", "cam", "face");
        Await.until("it is queued", () -> site.length("frames:ready:face-1") == 1);
    }
}
