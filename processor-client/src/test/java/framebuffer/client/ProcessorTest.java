package framebuffer.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.client.fixture.QueueInRedis;
import framebuffer.client.fixture.RecordingOrchestrator;
import framebuffer.client.fixture.RecordingOrchestrator.Call;
import framebuffer.client.telemetry.ProcessorTracing;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.Await;
import framebuffer.wire.text.Fields;
import framebuffer.wire.text.Timestamps;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessorTest {
    private static EmbeddedRedis redis;

    private QueueInRedis queue;
    private RecordingOrchestrator orchestrator;

    @BeforeAll
    static void startRedis(@TempDir Path folder) {
        redis = EmbeddedRedis.start(folder);
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @BeforeEach
    void begin() throws IOException {
        queue = new QueueInRedis(redis.address());
        orchestrator = new RecordingOrchestrator();
    }

    @AfterEach
    void end() {
        orchestrator.close();
        queue.close();
    }

    @Test
    void aFrameBecomesAResult() throws Exception {
        queue.add("f-1");
        try (Processor _ = face(_ -> Answer.processed("{\"faces\": 2}")).start()) {
            queue.awaitResults(1);
        }
        Fields result = queue.results().getFirst();
        assertThat(result.text("frame_id")).isEqualTo("f-1");
        assertThat(result.text("camera_id")).isEqualTo("cam-1");
        assertThat(result.text("processor_id")).isEqualTo("face-1");
        assertThat(result.text("capability")).isEqualTo("face_detection");
        assertThat(result.text("status")).isEqualTo("success");
        assertThat(result.text("result")).isEqualTo("{\"faces\": 2}");
        assertThat(result.text("attempt")).isEqualTo("2");
        assertThat(Timestamps.parse(String.valueOf(result.text("processed_at")))).isNotNull();
        assertThat(Double.parseDouble(String.valueOf(result.text("processing_ms")))).isPositive();
        assertThat(result.text("traceparent")).startsWith("00-" + QueueInRedis.DISPATCH.traceId()).endsWith("-01")
                .isNotEqualTo(QueueInRedis.DISPATCH.traceparent());
        assertThat(result.size()).isEqualTo(10);
    }

    @Test
    void aFrameThatIsDoneIsCountedOnceAndGone() throws Exception {
        queue.add("f-1");
        queue.add("f-2");
        try (Processor _ = face(_ -> Answer.processed("{}")).start()) {
            queue.awaitResults(2);
            assertThat(queue.length()).isZero();
            assertThat(queue.pending()).isZero();
        }
        assertThat(queue.ledger("captured:cam-1")).isEqualTo(2);
        assertThat(queue.ledger("done:cam-1")).isEqualTo(2);
    }

    @Test
    void anErrorIsAResultToo() throws Exception {
        queue.add("f-1");
        try (Processor face = face(_ -> Answer.error("{\"why\": \"blurred\"}")).start()) {
            queue.awaitResults(1);
            Await.until("counted", () -> face.statistics().equals(new Processor.Statistics(1, 0, 0, 0)));
        }
        assertThat(queue.results().getFirst().text("status")).isEqualTo("error");
        assertThat(queue.ledger("done:cam-1")).isEqualTo(1);
    }

    @Test
    void aFrameCanGoBackForLater() throws Exception {
        queue.add("f-1", "anything", "else");
        try (Processor face = face(_ -> Answer.retryLater(Duration.ofSeconds(3), "warming up")).start()) {
            assertReturned("retry", "warming up", "3000");
            Await.until("counted", () -> face.statistics().equals(new Processor.Statistics(0, 0, 1, 0)));
        }
        assertThat(queue.returned().getFirst().text("anything")).isEqualTo("else");
        assertThat(queue.returned().getFirst().text("attempt")).isEqualTo("2");
        assertThat(queue.length()).isZero();
        assertThat(queue.ledger("done:cam-1")).isZero();
    }

    @Test
    void aFrameThatCameTooLateGoesBackUnprocessedToBeShed() throws Exception {
        queue.add("f-1", "expires_at", "2020-01-01T00:00:00Z");
        try (Processor _ = face(_ -> Answer.processed("{}")).start()) {
            assertReturned("retry", "it was worth processing until 2020-01-01T00:00:00Z", "100");
        }
        assertThat(queue.results()).isEmpty();
    }

    @Test
    void aFrameCanBeRejected() throws Exception {
        queue.add("f-1");
        try (Processor _ = face(_ -> Answer.reject("no picture at all")).start()) {
            assertReturned("rejected", "no picture at all", "0");
        }
    }

    @Test
    void anExceptionIsAFailureThatSaysItsName() throws Exception {
        queue.add("f-1");
        try (Processor face = face(_ -> {
            throw new IOException("no model");
        }).start()) {
            assertReturned("failed", "java.io.IOException: no model", "0");
            Await.until("counted", () -> face.statistics().equals(new Processor.Statistics(0, 1, 0, 0)));
        }
    }

    @Test
    void whateverAHandlerDoesItsFrameIsAnsweredFor() throws Exception {
        queue.add("f-1");
        try (Processor _ = face(_ -> {
            throw new StackOverflowError("x".repeat(2_000));
        }).start()) {
            assertThat(queue.awaitReturned().text("return_kind")).isEqualTo("failed");
        }
        assertThat(queue.returned().getFirst().text("return_detail")).startsWith("java.lang.StackOverflowError: xx")
                .hasSize(1_000);
    }

    @Test
    void aResultThatIsNoJsonIsAFailure() throws Exception {
        queue.add("f-1");
        try (Processor _ = face(_ -> Answer.processed("two faces")).start()) {
            assertThat(queue.awaitReturned().text("return_detail")).contains("a result must be JSON");
        }
    }

    @Test
    void noMoreFramesAtOnceThanTheConcurrency() throws Exception {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Semaphore steps = new Semaphore(0);
        for (int i = 0; i < 20; i++) {
            queue.add("f-" + i);
        }
        try (Processor face = face(_ -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            steps.acquire();
            now.decrementAndGet();
            return Answer.processed("{}");
        }).concurrency(3).start()) {
            Await.until("three at once", () -> now.get() == 3);
            assertThat(queue.pending()).isEqualTo(3);
            assertThat(face.statistics().inProgress()).isEqualTo(3);
            steps.release(20);
            queue.awaitResults(20);
        }
        assertThat(most).hasValue(3);
    }

    @Test
    void closingFinishesWhatWasBegunAndUnregisters() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch finish = new CountDownLatch(1);
        queue.add("f-1");
        Processor face = face(_ -> {
            begun.countDown();
            finish.await();
            return Answer.processed("{}");
        }).start();
        Await.signal(begun);
        Thread closing = Thread.ofVirtual().start(face::close);
        queue.add("f-2");
        finish.countDown();
        closing.join();
        assertThat(queue.results()).extracting(result -> result.text("frame_id")).contains("f-1");
        assertThat(queue.results().size() + queue.length()).isEqualTo(2);
        assertThat(queue.pending()).isZero();
        assertThat(orchestrator.called()).endsWith("DELETE /processors/face-1");
        face.close();
        face.await();
    }

    @Test
    void whatIsNotDoneWithinTheGraceStaysPending() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        queue.add("f-1");
        Processor face = face(_ -> {
            begun.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            return Answer.processed("{}");
        }).grace(Duration.ofMillis(20)).unregisterOnClose(false).start();
        Await.signal(begun);
        face.close();
        Await.signal(interrupted);
        assertThat(queue.pending()).isEqualTo(1);
        assertThat(queue.results()).isEmpty();
        assertThat(queue.returned()).isEmpty();
        assertThat(orchestrator.knows("face-1")).isTrue();
    }

    @Test
    void theTraceGoesOn() throws Exception {
        InMemorySpanExporter exported = InMemorySpanExporter.create();
        OpenTelemetrySdk telemetry = OpenTelemetrySdk.builder().setTracerProvider(
                SdkTracerProvider.builder().addSpanProcessor(SimpleSpanProcessor.create(exported)).build()).build();
        queue.add("f-1");
        try (Processor _ = face(_ -> {
            telemetry.getTracer("test").spanBuilder("detect").startSpan().end();
            return Answer.error("{}");
        }).tracing(ProcessorTracing.to(telemetry)).start()) {
            queue.awaitResults(1);
        }
        SpanData detect = exported.getFinishedSpanItems().getFirst();
        SpanData process = exported.getFinishedSpanItems().getLast();
        assertThat(process.getParentSpanId()).isEqualTo(QueueInRedis.DISPATCH.spanId());
        assertThat(detect.getParentSpanId()).isEqualTo(process.getSpanId());
        assertThat(queue.results().getFirst().text("traceparent"))
                .isEqualTo("00-" + QueueInRedis.DISPATCH.traceId() + "-" + process.getSpanId() + "-01");
    }

    @Test
    void heartbeatsCarryItsCounts() throws Exception {
        queue.add("f-1");
        try (Processor _ = face(_ -> Answer.error("{}")).heartbeatInterval(Duration.ofSeconds(1)).start()) {
            queue.awaitResults(1);
            orchestrator.awaitCall("POST /processors/face-1/heartbeat");
        }
        Call beat = orchestrator.calls().get(1);
        assertThat(beat.body().path("status").asText()).isEqualTo("healthy");
        assertThat(beat.body().path("frames_processed").asInt()).isEqualTo(1);
        assertThat(beat.body().path("errors_last_minute").asInt()).isEqualTo(1);
        assertThat(beat.body().path("capacity_used").asInt()).isZero();
    }

    @Test
    void itRegistersWithWhatItWasTold() throws Exception {
        try (Processor _ = face(_ -> Answer.processed("{}")).capacity(7).concurrency(3).metadata("model", "hog")
                .queue("frames:ready:faces").heartbeatInterval(Duration.ofSeconds(2)).start()) {
            Await.until("its group", () -> Objects.equals(queue.call("EXISTS", "frames:ready:faces"), 1L));
        }
        assertThat(orchestrator.calls().getFirst().body()).hasToString("{\"id\":\"face-1\",\"capabilities\":"
                + "[\"face_detection\"],\"capacity\":7,\"queue\":\"frames:ready:faces\",\"heartbeat_interval\":2.0,"
                + "\"concurrency\":3,\"partition\":\"all\",\"metadata\":{\"model\":\"hog\"}}");
    }

    @Test
    void oneThatIsRefusedDoesNotRead() {
        orchestrator.answerAll(422, "no such capability");
        assertThatThrownBy(() -> face(_ -> Answer.processed("{}")).start()).isInstanceOf(RegistrationRefused.class);
        assertThat(queue.call("EXISTS", QueueInRedis.QUEUE)).isEqualTo(0L);
    }

    @Test
    void resultsMayHaveAStreamOfTheirOwn() throws Exception {
        queue.add("f-1");
        try (Processor _ = face(_ -> Answer.processed("{}")).results("faces").start()) {
            Await.until("a result", () -> !queue.stream("faces").isEmpty());
        }
    }

    private void assertReturned(String kind, String detail, String retryAfter) throws InterruptedException {
        Fields returned = queue.awaitReturned();
        assertThat(returned.text("frame_id")).isEqualTo("f-1");
        assertThat(returned.text("return_kind")).isEqualTo(kind);
        assertThat(returned.text("return_detail")).isEqualTo(detail);
        assertThat(returned.text("retry_after_ms")).isEqualTo(retryAfter);
        assertThat(returned.text("processor_id")).isEqualTo("face-1");
        assertThat(queue.results()).isEmpty();
    }

    private ProcessorBuilder face(FrameHandler handler) {
        return Processor.builder("face-1").capabilities("face_detection").orchestrator(orchestrator.url())
                .redis(redis.address()).handler(handler);
    }
}
