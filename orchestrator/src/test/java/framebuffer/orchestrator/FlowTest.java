package framebuffer.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.pipeline.AffinityTable;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.pipeline.Pump.PipelineLimits;
import framebuffer.orchestrator.pipeline.admission.Window;
import framebuffer.orchestrator.pipeline.admission.Window.Starvation;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.frames.LedgerReader;
import framebuffer.redis.handoff.HandOff;
import framebuffer.testkit.Await;
import framebuffer.wire.EntryId;
import framebuffer.wire.control.CameraPolicy;
import framebuffer.wire.control.CameraPolicy.Keep;
import framebuffer.wire.control.Registration;
import framebuffer.wire.frame.QueuedFrame;
import framebuffer.wire.frame.ReturnedFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * With random arrivals and completions, no processor exceeds its capacity, the ledger always balances, and no frame is overtaken by more
 * younger frames than the threshold allows.
 */
class FlowTest {
    @RegisterExtension
    static final RedisSite REDIS = new RedisSite();

    private static final int THRESHOLD = 5;
    private static final int STEPS = 100;

    private Site site;
    private Random random = new Random(0);
    private int frames;
    private final Map<String, List<StreamEntry>> held = new HashMap<>();
    private final Map<EntryId, QueuedFrame> handedOff = new TreeMap<>();

    @BeforeEach
    void open() {
        site = REDIS.site();
    }

    @RepeatedTest(3)
    void capacitiesAndTheLedgerHoldAtEveryStepWithThreeInstances(RepetitionInfo repetition) {
        random = new Random(repetition.getCurrentRepetition());
        Pipeline first = start("i1");
        start("i2");
        start("i3");
        site.policies(first).put(site.redis, "cam1", new CameraPolicy(Keep.LATEST, Duration.ZERO));
        List<Registration> processors = List.of(site.register("p1", 1, "face"), site.register("p2", 7, "face", "car"),
                site.register("p3", 3, "car"));
        processors.forEach(one -> hold(one.id(), 1));
        for (int step = 0; step < STEPS; step++) {
            Registration one = processors.get(random.nextInt(processors.size()));
            switch (random.nextInt(4)) {
                case 0 -> arrive(random.nextInt(12));
                case 1 -> hold(one.id(), 1 + random.nextInt(4));
                case 2 -> answer(one.id(), false);
                default -> answer(one.id(), true);
            }
            processors.forEach(this::holdsNoMoreThanItMay);
            balances();
        }
        Await.until("all end", () -> {
            processors.forEach(one -> {
                hold(one.id(), 10);
                answer(one.id(), false);
                holdsNoMoreThanItMay(one);
            });
            balances();
            return site.ledger().underWay() == 0;
        });
        assertThat(site.ledger().counts().values().stream().mapToLong(counts -> counts.getOrDefault("captured", 0L))
                .sum()).isEqualTo(frames);
    }

    @RepeatedTest(3)
    void noFrameIsOvertakenByMoreFresherOnesThanTheThresholdAllows(RepetitionInfo repetition) {
        random = new Random(repetition.getCurrentRepetition());
        start("i1");
        site.register("p1", 2, "face");
        for (int step = 0; step < STEPS; step++) {
            for (int i = random.nextInt(4); i > 0; i--) {
                frames++;
                site.capture("frame_id", "f" + frames, "camera_id", "cam" + random.nextInt(3), "priority",
                        Integer.toString(random.nextInt(11)), "detection_type", "face");
            }
            hold("p1", 2);
            answer("p1", false);
        }
        Await.until("all are done", () -> {
            hold("p1", 2);
            answer("p1", false);
            return handedOff.size() == frames;
        });
        List<QueuedFrame> order = List.copyOf(handedOff.values());
        for (int i = 0; i < order.size(); i++) {
            QueuedFrame one = order.get(i);
            assertThat(order.subList(0, i).stream().filter(before -> isFresherAndMoreUrgent(before, one)).count())
                    .as("%s of %s", one, order).isLessThanOrEqualTo(THRESHOLD);
        }
    }

    private static boolean isFresherAndMoreUrgent(QueuedFrame one, QueuedFrame than) {
        return one.frame().priority() > than.frame().priority() && one.captureId().compareTo(than.captureId()) > 0;
    }

    private Pipeline start(String instance) {
        return site.start(instance, REDIS.address(),
                new PipelineLimits(Window.Limit.of(10_000), new Starvation(THRESHOLD, Duration.ofDays(1)), 20,
                        1_000, Duration.ofMinutes(1), Duration.ofHours(1), PipelineLimits.DEFAULT.instanceLease(),
                        HandOff.HandOffLimits.DEFAULT,
                        AffinityTable.AffinityLimits.DEFAULT));
    }

    private void arrive(int most) {
        for (int i = 0; i < most; i++) {
            frames++;
            String needs = List.of("[\"face\"]", "[\"car\"]", "[\"face\",\"car\"]", "[]").get(random.nextInt(4));
            site.capture("frame_id", "f" + frames, "camera_id", "cam" + random.nextInt(3), "priority",
                    Integer.toString(random.nextInt(11)), "metadata", "{\"detection_types\":" + needs + "}");
        }
    }

    private void hold(String processor, int most) {
        List<StreamEntry> read = site.read(processor, most);
        read.forEach(entry -> handedOff.put(entry.id(), Site.queued(entry)));
        held.computeIfAbsent(processor, any -> new ArrayList<>()).addAll(read);
    }

    private void answer(String processor, boolean mayGiveBack) {
        List<StreamEntry> entries = held.computeIfAbsent(processor, any -> new ArrayList<>());
        while (!entries.isEmpty()) {
            StreamEntry entry = entries.remove(random.nextInt(entries.size()));
            if (mayGiveBack && random.nextInt(3) == 0) {
                site.giveBack(processor, entry, random.nextBoolean()
                        ? ReturnedFrame.ReturnReason.RETRY
                        : ReturnedFrame.ReturnReason.FAILED, Duration.ZERO);
            } else if (random.nextBoolean()) {
                site.finish(processor, entry);
            } else {
                site.acknowledge(processor, entry);
            }
        }
    }

    private void holdsNoMoreThanItMay(Registration processor) {
        assertThat(site.outstanding(processor.id())).as(processor.id()).isLessThanOrEqualTo(processor.capacity());
    }

    private void balances() {
        LedgerReader.LedgerReading reading = site.ledger();
        assertThat(Site.inFlight(reading)).as("%s", reading).isEqualTo(reading.underWay());
    }
}
