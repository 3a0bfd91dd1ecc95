package framebuffer.trials.chaos.faults;

import java.util.Locale;

/** The kinds of faults. */
public enum FaultKind {
    /** {@code kill -9} of an instance; restarted under its name when the fault ends. */
    KILL_INSTANCE(Scope.INSTANCE, true, 500, 6_000),
    /** SIGSTOP, then SIGCONT, for less or more than the lease of 5 s. */
    SUSPEND_INSTANCE(Scope.INSTANCE, true, 2_000, 9_000),
    /** SIGTERM to an instance; restarted under its name when the fault ends. */
    STOP_INSTANCE(Scope.INSTANCE, true, 500, 4_000), KILL_PROCESSOR(Scope.PROCESSOR, true, 200,
            8_000), SUSPEND_PROCESSOR(Scope.PROCESSOR, true, 1_000,
                    9_000), STOP_PROCESSOR(Scope.PROCESSOR, true, 500, 4_000),
    /** A processor takes much longer for each frame: {@link Fault#amount} milliseconds. */
    SLOW_PROCESSOR(Scope.PROCESSOR, false, 1_000, 6_000), KILL_REDIS(Scope.REDIS, true, 100,
            3_000), SUSPEND_REDIS(Scope.REDIS, true, 500, 8_000),
    /** Redis exceeds its {@code maxmemory}, {@link Fault#amount} percent of its usage, and refuses commands that need memory. */
    OUT_OF_MEMORY(Scope.REDIS, false, 1_000, 5_000),
    /** Redis's clock jumps by {@link Fault#amount} seconds, and back when the fault ends. */
    CLOCK_JUMP(Scope.REDIS, false, 2_000, 6_000),
    /** FLUSHALL: Redis loses all data. */
    FLUSH(Scope.REDIS, false, 0, 0),
    /** XGROUP DESTROY of the service's group on the capture stream or the returned stream. */
    DESTROY_GROUP(Scope.REDIS, false, 0, 0),
    /** A second instance starts under the name of a running one. */
    TWIN_INSTANCE(Scope.INSTANCE, false, 5_000, 9_000),
    /** A processor returns every frame, to be retried later. */
    PUT_OFF(Scope.PROCESSOR, true, 1_000, 6_000),
    /** All connections of a participant to Redis break at once. */
    CUT(Scope.LINK, false, 0, 0),
    /** All data between a participant and Redis is held until the fault ends. */
    STALL(Scope.LINK, true, 500, 7_000),
    /** All data between a participant and Redis is delayed by {@link Fault#amount} milliseconds. */
    DELAY(Scope.LINK, false, 1_000, 6_000),
    /** A frame that crashes each processor. */
    POISON_EXIT(Scope.FRAME, false, 0, 0),
    /** A frame whose processing fails each time. */
    POISON_FAIL(Scope.FRAME, false, 0, 0),
    /** A frame whose processing does not end in time. */
    POISON_HANG(Scope.FRAME, false, 0, 0);

    private final Scope scope;
    private final boolean disables;
    private final int shortestMillis;
    private final int longestMillis;

    /** The affected participants. */
    enum Scope {
        INSTANCE, PROCESSOR, REDIS,
        /** The connections of an instance, a processor or the producer. */
        LINK, FRAME
    }

    FaultKind(Scope scope, boolean disables, int shortestMillis, int longestMillis) {
        this.scope = scope;
        this.disables = disables;
        this.shortestMillis = shortestMillis;
        this.longestMillis = longestMillis;
    }

    Scope scope() {
        return scope;
    }

    /** Whether its target makes no progress meanwhile. */
    boolean disables() {
        return disables;
    }

    /** Whether its target must restart afterwards. */
    boolean restarts() {
        return switch (this) {
            case KILL_INSTANCE, STOP_INSTANCE, KILL_PROCESSOR, STOP_PROCESSOR, KILL_REDIS -> true;
            case SUSPEND_INSTANCE, SUSPEND_PROCESSOR, SLOW_PROCESSOR, SUSPEND_REDIS, OUT_OF_MEMORY, CLOCK_JUMP, FLUSH,
                    DESTROY_GROUP, TWIN_INSTANCE, PUT_OFF, CUT, STALL, DELAY, POISON_EXIT, POISON_FAIL, POISON_HANG ->
                false;
        };
    }

    /**
     * Whether the fault is possible on a cluster, which has no links between processes and nodes, and where a failover would undo faults of
     * one server.
     */
    public boolean worksOnCluster() {
        return switch (this) {
            case STALL, DELAY, OUT_OF_MEMORY, CLOCK_JUMP, FLUSH, DESTROY_GROUP -> false;
            case KILL_INSTANCE, SUSPEND_INSTANCE, STOP_INSTANCE, TWIN_INSTANCE, KILL_PROCESSOR, SUSPEND_PROCESSOR,
                    STOP_PROCESSOR, SLOW_PROCESSOR, PUT_OFF, KILL_REDIS, SUSPEND_REDIS, CUT, POISON_EXIT, POISON_FAIL,
                    POISON_HANG ->
                true;
        };
    }

    int shortestMillis() {
        return shortestMillis;
    }

    int longestMillis() {
        return longestMillis;
    }

    /** The name for users. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
