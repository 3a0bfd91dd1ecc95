package framebuffer.streams.work;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.streams.testing.TestRedis;
import framebuffer.wire.Fields;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DeliveriesTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();
    private static final String Q = "frames:ready:p";

    private void read(String consumer, int frames) {
        redis.call("XREADGROUP", "GROUP", "g", consumer, "COUNT", frames, "STREAMS", Q, ">");
    }

    @Test
    void whatAProcessorWasGivenIsToldFromWhatWeTookOurselves() {
        redis.call("XGROUP", "CREATE", Q, "g", "0", "MKSTREAM");
        for (int i = 0; i < 3; i++) {
            redis.add(Q, Fields.ofText("frame_id", "f" + i));
        }
        read("p-1", 1);
        read(WorkQueue.emptying("i1"), 1);
        List<Deliveries> all = Deliveries.of(redis.connection(), Q);
        assertThat(all).singleElement().satisfies(group -> {
            assertThat(group.group()).isEqualTo("g");
            assertThat(group.acknowledged()).isZero();
            assertThat(group.pending()).extracting(Deliveries.Delivery::toProcessor).containsExactly(true, false);
        });
    }

    @Test
    void whereNoGroupReadsNothingWasGiven() {
        assertThat(Deliveries.of(redis.connection(), Q)).isEmpty();
        WorkQueue.ensure(redis.connection(), Q);
        assertThat(Deliveries.of(redis.connection(), Q)).isEmpty();
    }
}
