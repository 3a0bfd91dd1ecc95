package framebuffer.orchestrator.observability.results;

import framebuffer.orchestrator.RedisSite;
import framebuffer.orchestrator.Site;
import framebuffer.orchestrator.observability.results.ResultMaintenance.ResultRetention;
import framebuffer.testkit.Await;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The service removes results. */
class ResultMaintenanceTest {
    @RegisterExtension
    static final RedisSite redis = new RedisSite();

    private static void write(Site site, String id, int count) {
        for (int i = 0; i < count; i++) {
            site.redis.call("XADD", Site.KEYS.results(), id, "frame_id", "f", "camera_id", "c", "status", "success",
                    "result", "[]");
        }
    }

    @Test
    void resultsThatAreTooManyLeave() {
        Site site = redis.site();
        site.results = new ResultRetention(Duration.ofHours(1), 10);
        write(site, "*", 250);
        site.start("one");
        Await.until("ten are left", () -> site.length(Site.KEYS.results()) == 10);
    }

    @Test
    void resultsThatAreTooOldLeave() {
        Site site = redis.site();
        write(site, "1000-0", 1);
        write(site, "*", 3);
        site.start("one");
        Await.until("the old one has left", () -> site.length(Site.KEYS.results()) == 3);
    }

    @Test
    void withoutARetentionNoneIsKept() {
        Site site = redis.site();
        site.results = new ResultRetention(Duration.ZERO, 100_000);
        site.start("one");
        write(site, "*", 5);
        Await.until("none is left", () -> site.length(Site.KEYS.results()) == 0);
        write(site, "*", 5);
        Await.until("none is left again", () -> site.length(Site.KEYS.results()) == 0);
    }
}
