package framebuffer.client;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.client.fixture.QueueInRedis;
import framebuffer.client.fixture.RecordingOrchestrator;
import framebuffer.client.fixture.RefusingRedis;
import framebuffer.client.telemetry.ProcessorTracing;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.Await;
import framebuffer.wire.EntryId;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a handler, tracing or Redis does, no slot is lost, and a finished frame is not charged. Each processor has one slot. */
class StubbornHandlersTest {
    private EmbeddedRedis redis;
    private QueueInRedis queue;
    private RecordingOrchestrator orchestrator;

    @BeforeEach
    void begin(@TempDir Path folder) throws IOException {
        redis = EmbeddedRedis.start(folder);
        queue = new QueueInRedis(redis.address());
        orchestrator = new RecordingOrchestrator();
    }

    @AfterEach
    void end() {
        orchestrator.close();
        queue.close();
        redis.close();
    }

    private ProcessorBuilder face(FrameHandler handler) {
        return Processor.builder("face-1").capabilities("face_detection").orchestrator(orchestrator.url())
                .redis(redis.address()).concurrency(1).handler(handler);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void tracingThatThrowsBefallsNoFrame(boolean atStart) throws Exception {
        queue.add("f-1");
        queue.add("f-2");
        try (OpenTelemetrySdk broken = OpenTelemetrySdk.builder().setTracerProvider(
                SdkTracerProvider.builder().addSpanProcessor(new Throwing(atStart)).build()).build();
                Processor _ = face(_ -> Answer.processed("{}")).tracing(ProcessorTracing.to(broken)).start()) {
            queue.awaitResults(2);
        }
        assertThat(queue.returned()).isEmpty();
    }

    @Test
    void anErrorWhoseTextThrowsTooIsAFailureAndKeepsNoSlot() throws Exception {
        queue.add("f-1");
        queue.add("f-2");
        try (Processor _ = face(frame -> {
            if (frame.frame().frameId().equals("f-1")) {
                throw new Unspeakable();
            }
            return Answer.processed("{}");
        }).start()) {
            queue.awaitResults(1);
            assertThat(queue.awaitReturned().text("return_kind")).isEqualTo("failed");
        }
    }

    @Test
    void aHandlerThatNeverReturnsKeepsNoSlotOnceItsFrameIsTakenAway() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        EntryId entry = queue.add("f-1");
        try (Processor processor = face(frame -> {
            if (frame.frame().frameId().equals("f-1")) {
                begun.countDown();
                awaitUninterrupted(never);
            }
            return Answer.processed("{}");
        }).grace(Duration.ofMillis(100)).start()) {
            begun.await();
            queue.call("XACK", QueueInRedis.QUEUE, QueueInRedis.GROUP, entry.toString());
            queue.add("f-2");
            queue.awaitResults(1);
            assertThat(queue.results().getFirst().text("frame_id")).isEqualTo("f-2");
            Await.until("nothing is held", () -> processor.statistics().inProgress() == 0);
            never.countDown();
        }
        assertThat(queue.results()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"NOREPLICAS", "MISCONF", "BUSY"})
    void whileRedisRefusesToWriteAFinishedFrameWaitsAndIsNotCharged(String code) throws Exception {
        AtomicInteger handled = new AtomicInteger();
        CountDownLatch refusing = new CountDownLatch(1);
        queue.add("f-1");
        try (RefusingRedis refusal = new RefusingRedis(redis, code); Processor processor = face(frame -> {
            if (frame.frame().frameId().equals("f-1")) {
                handled.incrementAndGet();
                refusal.begin();
                refusing.countDown();
            }
            return Answer.processed("{}");
        }).start()) {
            refusing.await();
            refusal.awaitAndEnd();
            queue.awaitResults(1);
            queue.add("f-2");
            queue.awaitResults(2);
            Await.until("no slot is held", () -> processor.statistics().inProgress() == 0);
        }
        assertThat(handled).hasValue(1);
        assertThat(queue.results()).hasSize(2);
        assertThat(queue.returned()).isEmpty();
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        boolean over = false;
        while (!over) {
            try {
                latch.await();
                over = true;
            } catch (InterruptedException e) {
                // Ignore the interrupt.
                over = false;
            }
        }
    }

    private static final class Unspeakable extends Error {
        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            throw new IllegalStateException("not even this");
        }
    }

    private record Throwing(boolean atStart) implements SpanProcessor {
        @Override
        public void onStart(Context parent, ReadWriteSpan span) {
            if (atStart) {
                throw new IllegalStateException("no spans today");
            }
        }

        @Override
        public boolean isStartRequired() {
            return true;
        }

        @Override
        public void onEnd(ReadableSpan span) {
            if (!atStart) {
                throw new IllegalStateException("no spans today");
            }
        }

        @Override
        public boolean isEndRequired() {
            return true;
        }
    }
}
