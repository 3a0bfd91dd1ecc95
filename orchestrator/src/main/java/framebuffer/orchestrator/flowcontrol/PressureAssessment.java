package framebuffer.orchestrator.flowcontrol;

import framebuffer.wire.control.Backpressure;
import framebuffer.wire.control.PressureLevel;
import framebuffer.wire.control.Registration;
import framebuffer.wire.control.ServedFrames;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The pressure on all processors, updated at each check.
 *
 * @param gauges processor → its pressure
 */
public record PressureAssessment(Map<String, PressureGauge> gauges) {
    private static final double SHARED_OUT = 0.9;

    public PressureAssessment {
        gauges = Map.copyOf(gauges);
    }

    /**
     * The observations of one check.
     *
     * @param available processors that may be sent frames
     * @param outstanding processor → its outstanding frames; absent: it has no queue
     * @param waiting capability → frames that wait because its processors are full; {@code ""}: any processor
     * @param served capability → frames that its processors were handed lately
     */
    record PressureSample(List<Registration> available, Map<String, Long> outstanding, Map<String, Long> waiting,
            Map<String, ServedFrames> served, Instant at) {
        private ProcessorLoad load(Registration one) {
            long waits = one.capabilities().stream().mapToLong(name -> waiting.getOrDefault(name, 0L)).sum()
                    + waiting.getOrDefault("", 0L);
            return new ProcessorLoad(outstanding.getOrDefault(one.id(), 0L), one.capacity(), waits);
        }
    }

    /** Begins from the last published backpressure. */
    static PressureAssessment of(Backpressure published, Instant now) {
        Map<String, PressureGauge> gauges = new HashMap<>();
        published.processors().forEach((id, level) -> gauges.put(id, PressureGauge.at(level, now)));
        return new PressureAssessment(gauges);
    }

    PressureAssessment after(PressureSample sample) {
        Map<String, PressureGauge> next = new HashMap<>();
        for (Registration one : sample.available()) {
            PressureGauge before = Optional.ofNullable(gauges.get(one.id()))
                    .orElseGet(() -> PressureGauge.at(PressureLevel.NORMAL, sample.at()));
            next.put(one.id(), PressurePolicy.next(before, sample.load(one), sample.at()));
        }
        return new PressureAssessment(next);
    }

    /** The backpressure to publish. */
    Backpressure told(PressureSample sample, boolean operatorPaused) {
        Map<String, PressureLevel> processors = new HashMap<>();
        Map<String, PressureLevel> capabilities = new HashMap<>();
        for (Registration one : sample.available()) {
            PressureGauge gauge = gauges.get(one.id());
            PressureLevel level = gauge == null ? PressureLevel.NORMAL : gauge.level();
            processors.put(one.id(), level);
            one.capabilities().forEach(name -> capabilities.merge(name, level, PressureAssessment::lower));
        }
        PressureLevel highest = processors.values().stream().max(Comparator.naturalOrder())
                .orElse(PressureLevel.NORMAL);
        Map<String, Double> shares = new HashMap<>();
        sample.served().forEach((name, one) -> {
            if (capabilities.containsKey(name)) {
                shares.put(name, share(one));
            }
        });
        return new Backpressure(highest, operatorPaused, sample.at(), capabilities, processors, shares);
    }

    /** The rate for each camera in equal shares, slightly reduced so that the backlog shrinks. */
    public static double share(ServedFrames served) {
        return served.cameras() == 0 ? 0 : Math.round(SHARED_OUT * served.perSecond() / served.cameras() * 1e3) / 1e3;
    }

    private static PressureLevel lower(PressureLevel a, PressureLevel b) {
        return a.compareTo(b) <= 0 ? a : b;
    }
}
