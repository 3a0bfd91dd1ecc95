package framebuffer.trials.chaos;

import framebuffer.trials.chaos.faults.FaultKind;
import framebuffer.trials.chaos.faults.FaultPlan;
import framebuffer.trials.chaos.faults.Participants;
import framebuffer.wire.Partitioning;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The parameters of a run.
 *
 * @param fps frames per second
 * @param appendfsync setting of Redis
 * @param kinds kinds of faults
 */
record Chaos(long seed, Duration duration, Participants cast, double fps, int cameras, Sync appendfsync,
        Set<FaultKind> kinds) {

    /** When Redis writes to disk. */
    enum Sync {
        /** Before each reply: acknowledged data survives. */
        ALWAYS,
        /** Each second: the last second may be lost. */
        EVERYSEC;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    Chaos {
        kinds = Set.copyOf(kinds);
    }

    int frames() {
        return (int) Math.max(1, fps * duration.toMillis() / 1_000);
    }

    /** The partitions of the run. */
    Partitioning partitioning() {
        return cast.onCluster() ? Partitioning.tagged("", cast.partitions()) : Partitioning.whole("");
    }

    /** Whether a killed Redis may lose acknowledged data. */
    boolean isForgetful() {
        return appendfsync == Sync.EVERYSEC || cast.onCluster();
    }

    /** Whether the clock of Redis jumps. */
    boolean clockJumps() {
        return kinds.contains(FaultKind.CLOCK_JUMP);
    }

    FaultPlan plan() {
        return FaultPlan.of(new FaultPlan.PlanSetup(seed, duration, cast, kinds));
    }

    /** The command that repeats the run. */
    String again() {
        boolean all = kinds.size() == Arrays.stream(FaultKind.values())
                .filter(kind -> !cast.onCluster() || kind.worksOnCluster()).count();
        return "frame-buffer chaos --seed " + seed + " --duration " + duration.toMillis() + "ms --fps " + fps
                + " --instances " + cast.instances() + " --processors " + cast.processors()
                + (cast.onCluster() ? " --partitions " + cast.partitions() : " --foreign " + cast.foreign())
                + (cast.python().number() == 0
                        ? ""
                        : " --python " + cast.python().number() + " --python-program " + cast.python().program())
                + " --cameras " + cameras
                + " --appendfsync " + appendfsync.word() + (all
                        ? ""
                        : " --faults " + (kinds.isEmpty()
                                ? "none"
                                : kinds.stream().sorted().map(FaultKind::word).collect(Collectors.joining(","))));
    }
}
