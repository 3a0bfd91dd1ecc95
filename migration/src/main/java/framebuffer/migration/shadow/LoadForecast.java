package framebuffer.migration.shadow;

import framebuffer.migration.shadow.ProcessorReader.WorkingProcessor;
import framebuffer.migration.shadow.ShadowTally.NeedTally;
import framebuffer.migration.shadow.SimulatedQueue.SimulatedProcessor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The load when this service handles all frames: the frames of the shadow, at the rate of the whole record.
 *
 * @param processors by id
 * @param capabilities the fullest first
 */
record LoadForecast(List<ProcessorLoad> processors, List<CapabilityLoad> capabilities) {
    /**
     * The load of a processor.
     *
     * @param processor the processor
     * @param measured whether its time for one frame is measured, not assumed
     * @param perSecond frames per second that it gets
     * @param utilization part of its time that they take; 1: full
     */
    record ProcessorLoad(SimulatedProcessor processor, boolean measured, double perSecond, double utilization) {
    }

    /**
     * The load of all processors that offer a capability.
     *
     * @param capability empty: any processor will do
     * @param processors how many offer it
     * @param perSecond frames per second that need it, also those that were shed
     * @param utilization part of the time of these processors that all their frames take; infinite without processors
     */
    record CapabilityLoad(String capability, int processors, double perSecond, double utilization) {
        /** How many times the recorded traffic fits; 0: there is no processor. */
        double room() {
            return utilization == 0 ? Double.POSITIVE_INFINITY : 1 / utilization;
        }
    }

    static LoadForecast of(ShadowTally tally, List<WorkingProcessor> working) {
        Map<String, Long> given = new HashMap<>();
        Map<String, Long> needed = new TreeMap<>();
        Map<String, Long> shed = new HashMap<>();
        tally.needs().forEach((need, one) -> {
            one.processors.forEach((id, frames) -> given.merge(id, frames, Long::sum));
            needed.merge(need.capability(), valid(one), Long::sum);
            shed.merge(need.capability(), one.count("shed"), Long::sum);
        });
        needed.values().removeIf(frames -> frames == 0);
        double seconds = tally.seconds();
        List<ProcessorLoad> loads = working.stream().map(one -> {
            double perSecond = given.getOrDefault(one.processor().id(), 0L) / seconds;
            return new ProcessorLoad(one.processor(), one.measured(), perSecond,
                    perSecond * one.processor().micros() / 1e6 / one.processor().concurrency());
        }).toList();
        TreeSet<String> names = new TreeSet<>(needed.keySet());
        working.forEach(one -> names.addAll(one.processor().capabilities()));
        List<CapabilityLoad> capabilities = new ArrayList<>();
        for (String name : names) {
            capabilities.add(capability(name, loads, needed.getOrDefault(name, 0L) / seconds,
                    shed.getOrDefault(name, 0L) / seconds));
        }
        capabilities.sort(Comparator.comparingDouble(CapabilityLoad::utilization).reversed()
                .thenComparing(CapabilityLoad::capability));
        return new LoadForecast(loads, capabilities);
    }

    private static long valid(NeedTally tally) {
        return tally.frames() - tally.count("invalid");
    }

    /** Frames that were shed would also take time, if there were room. */
    private static CapabilityLoad capability(String name, List<ProcessorLoad> loads, double perSecond,
            double shedPerSecond) {
        List<ProcessorLoad> able = loads.stream().filter(load -> load.processor().offers(name)).toList();
        double room = able.stream().mapToDouble(load -> load.processor().concurrency()).sum();
        double busy = able.stream().mapToDouble(load -> load.utilization() * load.processor().concurrency()).sum();
        double mean = able.stream().mapToDouble(load -> load.processor().micros() / 1e6).average().orElse(0);
        return new CapabilityLoad(name, able.size(), perSecond,
                able.isEmpty() ? Double.POSITIVE_INFINITY : (busy + shedPerSecond * mean) / room);
    }

    /** The capability that is full first when the traffic grows; empty: none is needed. */
    Optional<CapabilityLoad> firstFull() {
        return capabilities.stream().filter(one -> one.perSecond() > 0).findFirst();
    }
}
