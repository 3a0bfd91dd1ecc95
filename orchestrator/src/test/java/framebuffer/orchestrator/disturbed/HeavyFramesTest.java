package framebuffer.orchestrator.disturbed;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.RedisSite;
import framebuffer.orchestrator.Site;
import framebuffer.redis.Replies;
import framebuffer.testkit.Await;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Frames with as many fields and capabilities as are allowed: each step of Redis stays short. */
@Tag("long")
class HeavyFramesTest {
    @RegisterExtension
    static final RedisSite redis = new RedisSite();
    private static final int FRAMES = 200;
    private static final int FIELDS = 990;
    private static final List<String> CAPABILITIES = IntStream.range(0, 32).mapToObj(i -> "c" + i).toList();

    @Test
    void aStepCostsRedisLittleMoreThanItsWrites() {
        Site site = redis.site();
        List<String> flat = new ArrayList<>(List.of("frame_id", "f", "camera_id", "cam", "metadata",
                "{\"detection_types\":[\"" + String.join("\",\"", CAPABILITIES) + "\"]}"));
        IntStream.range(3, FIELDS).forEach(i -> flat.addAll(List.of("f" + i, "1")));
        String[] fields = flat.toArray(String[]::new);
        CAPABILITIES.forEach(one -> site.register("p-" + one, 1_000, one));
        IntStream.range(0, FRAMES).forEach(_ -> site.capture(fields));
        double before = cpuMillis(site);
        // The same entries, as a program would add them that takes no decision.
        IntStream.range(0, FRAMES).forEach(_ -> CAPABILITIES.forEach(one -> add(site, "plain:" + one, flat)));
        double plain = cpuMillis(site) - before;
        before = cpuMillis(site);
        site.start("i1");
        Await.until("all are handed off", () -> CAPABILITIES.stream()
                .allMatch(one -> site.length("frames:ready:p-" + one) == FRAMES));
        // BatchSplitterTest: one frame a step, so that all steps cost the same. About 40 ms on the machine of docs/performance.md.
        assertThat((cpuMillis(site) - before) / plain).isLessThan(3.0);
    }

    private static void add(Site site, String stream, List<String> fields) {
        List<Object> entry = new ArrayList<>(List.of(stream, "*"));
        entry.addAll(fields);
        site.redis.call("XADD", entry.toArray());
    }

    /** Processor time of Redis's main thread: the time in SLOWLOG includes that in which a busy machine does other work. */
    private static double cpuMillis(Site site) {
        return 1e3 * Replies.text(site.redis.call("INFO", "cpu")).lines()
                .filter(line -> line.startsWith("used_cpu_") && line.contains("_main_thread:"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(':') + 1))).sum();
    }
}
