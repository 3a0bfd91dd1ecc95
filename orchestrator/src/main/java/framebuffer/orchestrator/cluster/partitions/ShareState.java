package framebuffer.orchestrator.cluster.partitions;

import framebuffer.redis.tables.ShareStore.OwnShare;
import framebuffer.redis.tables.ShareStore.VersionedCount;

/** The share that one partition has of one processor, within one turn; the package documentation has the diagram. */
sealed interface ShareState {
    /** The share as it was last seen. */
    OwnShare own();

    /** The share stays as it is, or was raised as far as it was granted. */
    record Held(OwnShare own) implements ShareState {
    }

    /** The share is being lowered, to give some of the grant back. */
    record Lowering(OwnShare own, Planned plan) implements ShareState {
    }

    /** Another grant, or a confirmed one, is asked for. */
    record Requesting(OwnShare own, Planned plan) implements ShareState {
    }

    /** An event of a turn. */
    sealed interface Observation {
    }

    /**
     * The grant was read, and the capacity planned.
     *
     * @param granted the grant
     * @param target how many frames the partition should have
     */
    record Planned(VersionedCount granted, long target) implements Observation {
        private long usable() {
            return Math.min(granted.frames(), target);
        }
    }

    /** The share was changed. */
    record Changed(OwnShare own) implements Observation {
    }

    /** The grant was changed, or confirmed. */
    record Granted(VersionedCount granted) implements Observation {
    }

    /** The last command was refused: another process was faster, or nothing is free. */
    record ShareRefused() implements Observation {
    }

    /** A write to Redis. */
    sealed interface Command {
    }

    record Nothing() implements Command {
    }

    record SetShare(VersionedCount wanted) implements Command {
    }

    record SetGrant(VersionedCount seen, long wanted) implements Command {
    }

    /** The next state, and the command to send. */
    record Step(ShareState state, Command command) {
        private static Step held(OwnShare own) {
            return new Step(new Held(own), new Nothing());
        }
    }

    /** The step after an observation. */
    static Step next(ShareState state, Observation seen) {
        return switch (seen) {
            case Planned plan -> plan(state.own(), plan);
            case Changed(OwnShare own) -> state instanceof Lowering(_, Planned plan)
                    ? request(own, plan, true)
                    : Step.held(own);
            case Granted(VersionedCount granted) -> state instanceof Requesting(OwnShare own, Planned plan)
                    ? new Step(new Held(own),
                            new SetShare(
                                    VersionedCount.of(Math.min(granted.frames(), plan.target()), granted.version())))
                    : Step.held(state.own());
            case ShareRefused _ -> state instanceof Lowering(OwnShare own, Planned plan)
                    ? request(own, plan, false)
                    : Step.held(state.own());
        };
    }

    /** The first step of a turn. Without a share, the whole capacity could be used. */
    static Step begin(OwnShare own) {
        return own.share().equals(VersionedCount.NONE)
                ? new Step(new Held(own), new SetShare(VersionedCount.ofNewVersion(0)))
                : Step.held(own);
    }

    /** Frames that are to be given back are first used no longer; the new version stops a process that was about to raise the share. */
    private static Step plan(OwnShare own, Planned plan) {
        return own.share().frames() > plan.usable() || plan.usable() < plan.granted().frames()
                ? new Step(new Lowering(own, plan),
                        new SetShare(VersionedCount.ofNewVersion(Math.min(own.share().frames(), plan.usable()))))
                : request(own, plan, false);
    }

    /**
     * Gives back what is neither used nor outstanding, or asks for more. A grant that was given before and not used is confirmed: the new
     * version stops a process that was about to give it back.
     */
    private static Step request(OwnShare own, Planned plan, boolean lowered) {
        long granted = plan.granted().frames();
        boolean unused = own.share().frames() < plan.usable();
        long wanted = granted;
        if (plan.target() < granted && lowered) {
            wanted = Math.max(plan.target(), Math.max(own.share().frames(), own.outstanding().orElse(0)));
        } else if (plan.target() > granted && !unused) {
            wanted = plan.target();
        }
        return wanted != granted || unused
                ? new Step(new Requesting(own, plan), new SetGrant(plan.granted(), wanted))
                : Step.held(own);
    }
}
