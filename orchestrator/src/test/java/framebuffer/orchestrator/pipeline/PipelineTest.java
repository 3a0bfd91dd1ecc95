package framebuffer.orchestrator.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.orchestrator.RedisSite;
import framebuffer.orchestrator.Site;
import framebuffer.orchestrator.flowcontrol.OperatorSwitches.SwitchState;
import framebuffer.orchestrator.pipeline.Pump.PipelineLimits;
import framebuffer.orchestrator.pipeline.admission.Window;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.frames.LedgerReader;
import framebuffer.redis.handoff.HandOff;
import framebuffer.testkit.Await;
import framebuffer.wire.EntryId;
import framebuffer.wire.TraceContext;
import framebuffer.wire.control.CameraPolicy;
import framebuffer.wire.control.CameraPolicy.Keep;
import framebuffer.wire.frame.QueuedFrame;
import framebuffer.wire.frame.ReturnedFrame;
import framebuffer.wire.frame.ReturnedFrame.ReturnReason;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PipelineTest {
    @RegisterExtension
    static final RedisSite redis = new RedisSite();
    @SuppressWarnings("NullAway.Init")
    private Site site;

    @BeforeEach
    void open() {
        site = redis.site();
    }

    private void queueHolds(String processor, long frames) {
        Await.until(processor + " holds " + frames + " frames",
                () -> site.length("frames:ready:" + processor) == frames);
    }

    private void balances() {
        LedgerReader.LedgerReading reading = site.ledger();
        assertThat(Site.inFlight(reading)).as("%s", reading).isEqualTo(reading.underWay());
    }

    @Test
    void aFrameGoesFromTheCaptureStreamToItsProcessorWithEveryFieldAndTheHandOffsOwn() {
        site.register("face-1", 10, "face");
        site.start("i1");
        EntryId id = site.capture("frame_id", "f1", "camera_id", "cam", "detection_type", "face", "traceparent",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "anything", "else");
        queueHolds("face-1", 1);
        QueuedFrame queued = Site.queued(site.read("face-1", 1).getFirst());
        assertThat(queued.captureId()).isEqualTo(id);
        assertThat(queued.attempt()).isOne();
        assertThat(queued.capability()).isEqualTo("face");
        assertThat(queued.frame().fields().text("anything")).isEqualTo("else");
        TraceContext trace = Objects.requireNonNull(queued.frame().trace());
        assertThat(trace.traceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
        assertThat(trace.spanId()).isNotEqualTo("b7ad6b7169203331");
        assertThat(site.length("frames:capture")).isZero();
        balances();
    }

    @Test
    void aFrameNobodyCanTakeWaitsInTheStreamAndGoesOnWhenSomebodyCan() {
        Pipeline way = site.start("i1");
        site.capture("f1", "cam", "face");
        Await.until("it waits", () -> way.view().waiting() == 1);
        assertThat(site.pending()).isOne();
        site.register("face-1", 10, "face");
        queueHolds("face-1", 1);
        assertThat(site.pending()).isZero();
    }

    @Test
    void aFrameThatWaitsSurvivesTheEndOfTheInstance() {
        Pipeline way = site.start("i1");
        site.capture("f1", "cam", "face");
        Await.until("it waits", () -> way.view().waiting() == 1);
        site.stop(way);
        site.start("i1");
        site.register("face-1", 10, "face");
        queueHolds("face-1", 1);
        assertThat(site.count("cam", "captured")).isOne();
        balances();
    }

    @Test
    void aFrameForTwoCapabilitiesGoesToBothAtOnceAndEndsWithTheLast() {
        site.register("face-1", 10, "face");
        site.start("i1");
        site.capture("frame_id", "f1", "camera_id", "cam", "metadata", "{\"detection_types\":[\"face\",\"car\"]}");
        site.capture("f2", "cam", "face");
        queueHolds("face-1", 1);
        assertThat(site.texts("frames:ready:face-1", "frame_id")).containsExactly("f2");
        site.register("car-1", 10, "car");
        queueHolds("car-1", 1);
        queueHolds("face-1", 2);
        site.finish("car-1", site.read("car-1", 1).getFirst());
        assertThat(site.count("cam", "done")).isZero();
        balances();
        site.read("face-1", 2).forEach(entry -> site.finish("face-1", entry));
        assertThat(site.count("cam", "done")).isEqualTo(2);
        balances();
    }

    @Test
    void neverMoreIsOutstandingThanTheCapacityAndEveryAnswerMakesRoom() {
        site.register("face-1", 3, "face");
        site.start("i1");
        IntStream.range(0, 10).forEach(i -> site.capture("f" + i, "cam", "face"));
        Set<String> seen = new HashSet<>();
        while (seen.size() < 10) {
            Await.until("there is work", () -> site.length("frames:ready:face-1") > 0);
            assertThat(site.length("frames:ready:face-1")).isLessThanOrEqualTo(3);
            for (StreamEntry entry : site.read("face-1", 2)) {
                seen.add(Site.queued(entry).frame().frameId());
                site.finish("face-1", entry);
            }
        }
        assertThat(site.count("cam", "done")).isEqualTo(10);
        balances();
    }

    @Test
    void aProcessorThatOnlyAcknowledgesIsSentMoreAndItsQueueIsClearedAndCounted() {
        site.register("old-1", 2, "face");
        site.start("i1");
        IntStream.range(0, 20).forEach(i -> site.capture("f" + i, "cam", "face"));
        Set<String> seen = new HashSet<>();
        Await.until("all were seen", () -> {
            site.read("old-1", 1).forEach(entry -> {
                seen.add(Site.queued(entry).frame().frameId());
                site.acknowledge("old-1", entry);
            });
            return seen.size() == 20;
        });
        queueHolds("old-1", 0);
        assertThat(site.count("cam", "done")).isEqualTo(20);
        balances();
    }

    @Test
    void whatIsNoFrameBecomesADeadLetterThatSaysWhyAndTheStreamGoesOn() {
        site.register("face-1", 10, "face");
        site.start("i1");
        site.capture("camera_id", "cam", "priority", "99");
        site.capture("no", "sense");
        site.capture("f1", "cam", "face");
        queueHolds("face-1", 1);
        Await.until("both are dead letters", () -> site.length("frames:dead-letter") == 2);
        assertThat(site.texts("frames:dead-letter", "dead_reason")).containsOnly("invalid");
        assertThat(site.texts("frames:dead-letter", "dead_detail").getFirst()).contains("frame_id")
                .contains("priority");
        assertThat(site.count("unknown", "dead")).isOne();
        assertThat(site.count("cam", "dead")).isOne();
        balances();
    }

    @Test
    void aReturnedFrameIsHandedOffAgainAndOnlyAFailureIsCharged() {
        site.register("face-1", 10, "face");
        site.start("i1");
        site.capture("f1", "cam", "face");
        queueHolds("face-1", 1);
        site.giveBack("face-1", site.read("face-1", 1).getFirst(), ReturnReason.RETRY, Duration.ofMillis(20));
        queueHolds("face-1", 1);
        StreamEntry second = site.read("face-1", 1).getFirst();
        assertThat(Site.queued(second).attempt()).isOne();
        site.giveBack("face-1", second, ReturnReason.FAILED, Duration.ZERO);
        queueHolds("face-1", 1);
        StreamEntry third = site.read("face-1", 1).getFirst();
        assertThat(Site.queued(third).attempt()).isEqualTo(2);
        assertThat(Site.fields(third).text("return_kind")).isNull();
        balances();
    }

    @Test
    void whatIsPastItsTimeIsShedAndCountedAlsoWhileNobodyCanTakeIt() {
        site.start("i1");
        String soon = Instant.now().plusMillis(200).toString();
        for (int i = 0; i < 300; i++) {
            site.capture("frame_id", "f" + i, "camera_id", "cam", "detection_type", "face", "expires_at", soon);
        }
        site.capture("fresh", "cam", "face");
        Await.until("all but one are shed", () -> site.count("cam", "shed.expired") == 300);
        site.register("face-1", 1_000, "face");
        site.capture("frame_id", "late", "camera_id", "cam", "detection_type", "face", "ttl_ms", "0");
        queueHolds("face-1", 1);
        Await.until("and the late one", () -> site.count("cam", "shed.expired") == 301);
        assertThat(site.texts("frames:ready:face-1", "frame_id")).containsExactly("fresh");
        balances();
    }

    @Test
    void afterTheLastAttemptAndAfterARejectionAFrameIsADeadLetter() {
        site.register("face-1", 10, "face");
        site.start("i1", redis.address(),
                new PipelineLimits(Window.Limit.of(100), PipelineLimits.DEFAULT.starvation(), 10, 1,
                        PipelineLimits.DEFAULT.processingTimeout(),
                        PipelineLimits.DEFAULT.foreignGroupRetention(), PipelineLimits.DEFAULT.instanceLease(),
                        HandOff.HandOffLimits.DEFAULT,
                        AffinityTable.AffinityLimits.DEFAULT));
        site.capture("f1", "cam", "face");
        site.capture("f2", "cam", "face");
        queueHolds("face-1", 2);
        List<StreamEntry> both = site.read("face-1", 2);
        site.giveBack("face-1", both.getFirst(), ReturnReason.FAILED, Duration.ZERO);
        site.giveBack("face-1", both.getLast(), ReturnReason.REJECTED, Duration.ZERO);
        Await.until("both are dead letters", () -> site.length("frames:dead-letter") == 2);
        assertThat(site.texts("frames:dead-letter", "dead_reason")).containsExactlyInAnyOrder("max_attempts",
                "rejected");
        assertThat(site.count("cam", "dead")).isEqualTo(2);
        balances();
    }

    @Test
    void whatAnUnregisteredProcessorHeldReadOrUnreadGoesToOthers() {
        site.register("face-1", 10, "face");
        site.start("i1");
        IntStream.range(0, 6).forEach(i -> site.capture("f" + i, "cam", "face"));
        queueHolds("face-1", 6);
        site.read("face-1", 2);
        site.register("face-2", 10, "face");
        site.unregister("face-1");
        queueHolds("face-2", 6);
        Await.until("it is forgotten", () -> site.isForgotten("face-1"));
        assertThat(site.texts("frames:ready:face-2", "frame_id")).containsExactlyInAnyOrder("f0", "f1", "f2", "f3",
                "f4", "f5");
        balances();
    }

    @Test
    void twoInstancesShareTheWorkAndHandEachFrameOffOnce() {
        site.register("face-1", 1_000, "face");
        site.register("face-2", 1_000, "face");
        site.start("i1");
        site.start("i2");
        IntStream.range(0, 1_000).forEach(i -> site.capture("f" + i, "cam" + i % 7, "face"));
        Await.until("all are handed off",
                () -> site.length("frames:ready:face-1") + site.length("frames:ready:face-2") >= 1_000);
        assertThat(Stream.of("face-1", "face-2").flatMap(id -> site.texts("frames:ready:" + id, "frame_id").stream()))
                .hasSize(1_000).doesNotHaveDuplicates();
        assertThat(site.length("frames:ready:face-1")).isBetween(400L, 600L);
        balances();
    }

    @Test
    void aQueueWhoseKeyIsNoStreamGetsNothingAndTheOthersGoOn() {
        site.register("face-1", 10, "face");
        site.register("face-2", 10, "face");
        site.redis.call("DEL", "frames:ready:face-1");
        site.redis.call("SET", "frames:ready:face-1", "in the way");
        site.start("i1");
        IntStream.range(0, 4).forEach(i -> site.capture("f" + i, "cam", "face"));
        queueHolds("face-2", 4);
        balances();
    }

    @Test
    void afterRedisWasEmptiedFramesFlowAgainToThoseWhoRegisterAnew() {
        site.register("face-1", 10, "face");
        site.start("i1");
        site.capture("f1", "cam", "face");
        queueHolds("face-1", 1);
        site.redis.call("FLUSHALL");
        site.capture("f2", "cam", "face");
        site.register("face-1", 10, "face");
        queueHolds("face-1", 1);
        assertThat(site.texts("frames:ready:face-1", "frame_id")).containsExactly("f2");
    }

    private void maxMemory(long bytes) {
        site.redis.call("CONFIG", "SET", "maxmemory", bytes);
    }

    @AfterEach
    void enoughMemoryAgain() {
        maxMemory(0);
    }

    private void framesWait(int frames) {
        for (int i = 0; i < frames; i++) {
            site.capture("f" + i, "cam", "face");
        }
    }

    private void allAreDone(long frames) {
        Await.until(frames + " are done", () -> {
            site.read("face-1", 50).forEach(entry -> site.finish("face-1", entry));
            return site.count("cam", "done") == frames;
        });
        balances();
    }

    @Test
    void whatProducersHaveFilledMemoryWithComesFreeAgain() {
        site.register("face-1", 50, "face");
        site.control(site.start("i1")).pause(site.redis);
        String info = Replies.text(site.redis.call("INFO", "memory"));
        maxMemory(Long.parseLong(info.lines().filter(line -> line.startsWith("used_memory:")).findFirst().orElseThrow()
                .substring("used_memory:".length())) + (4 << 20));
        String pixels = "x".repeat(8_000);
        long[] captured = {0};
        assertThatThrownBy(() -> {
            while (captured[0] < 10_000) {
                site.capture("frame_id", "f" + captured[0], "camera_id", "cam", "detection_type", "face", "data",
                        pixels);
                captured[0]++;
            }
        }).isInstanceOf(RedisRefused.class).hasMessageStartingWith("OOM");
        site.control(site.start("i2")).resume(site.redis);
        allAreDone(captured[0]);
        site.capture("one more", "cam", "face");
        allAreDone(captured[0] + 1);
    }

    @Test
    void anInstanceThatStartsWithoutMemoryHandsOffWhatItFinds() {
        framesWait(100);
        maxMemory(1);
        site.register("face-1", 50, "face");
        site.start("i1");
        allAreDone(100);
    }

    @Test
    void framesAreShedGivenBackAndGivenUpOnWithoutMemory() {
        framesWait(40);
        maxMemory(1);
        Pipeline way = site.start("i1");
        Await.until("all wait", () -> way.view().waiting() == 40);
        site.register("face-1", 2, "face");
        Await.until("two are there", () -> site.length("frames:ready:face-1") == 2);
        for (StreamEntry entry : site.read("face-1", 1)) {
            site.giveBack("face-1", entry, ReturnedFrame.ReturnReason.REJECTED, Duration.ZERO);
        }
        Await.until("it is dead, and another has its place",
                () -> site.length(Site.KEYS.deadLetter()) == 1 && site.length("frames:ready:face-1") == 2);
        site.policies(way).put(site.redis, "cam", new CameraPolicy(Keep.ALL, Duration.ofMillis(1)));
        Await.until("the others that wait are shed", () -> site.count("cam", "shed.expired") == 37);
        allAreDone(2);
    }

    @Test
    void framesAreDeferredAndComeBackWithoutMemory() {
        site.register("face-1", 50, "face");
        site.start("i1");
        framesWait(20);
        queueHolds("face-1", 20);
        maxMemory(1);
        List<StreamEntry> read = site.read("face-1", 20);
        read.subList(0, 10).forEach(
                entry -> site.giveBack("face-1", entry, ReturnReason.RETRY, Duration.ofMillis(100)));
        read.subList(10, 20).forEach(
                entry -> site.giveBack("face-1", entry, ReturnReason.RETRY, Duration.ofHours(1)));
        Await.until("half of them are back, and the others wait",
                () -> site.length("frames:ready:face-1") == 10 && site.length(Site.KEYS.deferred()) == 10);
        site.redis.call("DEL", Site.KEYS.deferredDue());
        queueHolds("face-1", 20);
        allAreDone(20);
    }

    @Test
    void aFrameThatAProcessorReturnsBecauseItsTimeIsOverIsShed() {
        site.register("face-1", 10, "face");
        site.start("i1");
        Instant over = Instant.now().plusMillis(500);
        site.capture("frame_id", "f1", "camera_id", "cam", "detection_type", "face", "expires_at", over.toString());
        queueHolds("face-1", 1);
        StreamEntry late = site.read("face-1", 1).getFirst();
        Await.until("its time is over", () -> Instant.now().isAfter(over));
        site.giveBack("face-1", late, ReturnReason.RETRY, Duration.ZERO);
        Await.until("it is shed", () -> site.count("cam", "shed.expired") == 1);
        assertThat(site.length("frames:ready:face-1")).isZero();
        balances();
    }

    @Test
    void aPauseIsObeyedWithoutMemory() {
        site.register("face-1", 50, "face");
        Pipeline way = site.start("i1");
        framesWait(10);
        Await.until("they go", () -> site.length("frames:ready:face-1") == 10);
        maxMemory(1);
        site.control(way).pause(site.redis);
        assertThat(site.control(way).view()).isEqualTo(SwitchState.PAUSED);
        site.control(way).resume(site.redis);
        assertThat(site.control(way).view()).isEqualTo(SwitchState.RUNNING);
        allAreDone(10);
    }
}
