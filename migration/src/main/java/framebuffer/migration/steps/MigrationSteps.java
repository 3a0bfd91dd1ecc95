package framebuffer.migration.steps;

import framebuffer.migration.gate.GateStore;
import framebuffer.migration.gate.GateStreams;
import framebuffer.migration.shadow.ShadowStore;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.wire.Keys;
import framebuffer.wire.control.TrafficSwitches;
import framebuffer.wire.control.TrafficSwitches.SplitBy;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The steps that an operator takes. Each is recorded, can be repeated after a crash, and can be taken back. */
public final class MigrationSteps {
    private final RedisConnection redis;
    private final GateStreams streams;
    private final StepJournal journal;

    /** A step cannot be taken now; the message names the reason, and what to do. */
    public static final class StepRefused extends RuntimeException {
        private static final long serialVersionUID = 1;

        public StepRefused(String why) {
            super(why);
        }
    }

    public MigrationSteps(RedisConnection redis, GateStreams streams) {
        this.redis = redis;
        this.streams = streams;
        this.journal = new StepJournal(redis, streams.keys());
    }

    /** The switches that all instances obey. */
    public TrafficSwitches switches() {
        return switches(redis, streams.keys());
    }

    /** The switches in this Redis. */
    public static TrafficSwitches switches(RedisConnection redis, Keys keys) {
        Map<String, String> fields = new HashMap<>();
        Replies.map(redis.call("HGETALL", keys.control()))
                .forEach((name, value) -> fields.put(name, new String(value, StandardCharsets.UTF_8)));
        return TrafficSwitches.of(fields);
    }

    /** Whether frames pass the gate in this Redis. */
    public static boolean isGateOn(RedisConnection redis, Keys keys) {
        return switches(redis, keys).gate();
    }

    /** Whether the older service was stopped for good. */
    public static boolean isDecommissioned(RedisConnection redis, Keys keys) {
        return Replies.number(redis.call("HEXISTS", keys.migration(), "decommissioned")) == 1;
    }

    /** The journal of all steps. */
    public StepJournal journal() {
        return journal;
    }

    /**
     * Begins or ends to record what this service would do with each frame.
     *
     * @throws StepRefused when the gate is on: then this service handles frames
     */
    public void shadow(boolean on) {
        if (switches().gate()) {
            throw gateIsOn();
        }
        journal.run("shadow " + (on ? "on" : "off"), () -> {
            if (!ShadowStore.turn(redis, streams, on)) {
                throw gateIsOn();
            }
            return true;
        });
    }

    private static StepRefused gateIsOn() {
        return new StepRefused("the gate is on: this service handles its share of the frames, and records no shadow");
    }

    /**
     * Puts this service in front of the older one, at a share of 0 percent.
     *
     * @param force opens it even if the older service does not seem to read its new stream
     * @throws StepRefused when the older service does not read its new stream, or has no group
     */
    public void openGate(boolean force) {
        Keys keys = streams.keys();
        if (switches().gate()) {
            return;
        }
        OlderService before = at(keys.produced()).orElse(null);
        if (before == null) {
            throw new StepRefused("the older service does not read " + keys.produced() + " in the consumer group "
                    + streams.legacyGroup()
                    + ": set --legacy-group, or take its place by starting this service without --migration");
        }
        long held = OlderService.read(redis, keys.produced(), streams.group()).map(OlderService::pending).orElse(0L);
        if (held > 0) {
            throw new StepRefused(
                    "this service holds " + held + " frames of " + keys.produced() + " from a time without"
                            + " --migration: start it once without --migration until they are done");
        }
        if (!force && !before.hasLeftFor(at(keys.legacy()))) {
            throw new StepRefused("the older service does not read " + keys.legacy() + " yet: set its stream to "
                    + keys.legacy()
                    + " and restart it, then repeat this command. Frames wait meanwhile. If you are sure: --force");
        }
        journal.run("gate on", () -> {
            GateStore.open(redis, streams);
            return true;
        });
    }

    private Optional<OlderService> at(String stream) {
        return OlderService.read(redis, stream, streams.legacyGroup());
    }

    /**
     * Sets the share of this service.
     *
     * @throws StepRefused when the gate is off
     */
    public void split(int percent, SplitBy by) {
        TrafficSwitches wanted = new TrafficSwitches(false, true, percent, by);
        if (!switches().gate()) {
            throw new StepRefused(
                    "the gate is off: the older service reads all frames. First: frame-buffer migrate gate on");
        }
        journal.run("split " + percent + " by " + by.word(),
                () -> redis.call("HSET", streams.keys().control(), TrafficSwitches.SPLIT, wanted.percent(),
                        TrafficSwitches.SPLIT_BY, by.word()));
    }

    /**
     * Takes the share of this service back, and waits until the frames that it has are done.
     *
     * @param drained returns when nothing is left, or throws: then the step can be repeated
     */
    public void rollBack(Runnable drained) {
        journal.run("rollback", () -> {
            if (!ShadowStore.turn(redis, streams, false)) {
                redis.call("HSET", streams.keys().control(), TrafficSwitches.SPLIT, 0);
            }
            drained.run();
            return true;
        });
    }

    /**
     * Takes the gate away. The older service continues where it stopped, once its stream is set back.
     *
     * @throws StepRefused when this service still has a share
     */
    public void closeGate() {
        TrafficSwitches now = switches();
        if (now.gate() && now.percent() > 0) {
            throw new StepRefused("this service has a share of " + now.percent()
                    + " percent. First: frame-buffer migrate split 0");
        }
        journal.run("gate off", () -> {
            GateStore.close(redis, streams);
            return true;
        });
    }

    /**
     * After {@link #closeGate}: gives the frames that wait in the older service's own stream back to the producers' stream.
     *
     * @param force gives them back even if the older service does not seem to read the producers' stream
     * @throws StepRefused when the older service may still read its own stream, and would handle a frame twice
     */
    public void giveBack(boolean force) {
        Keys keys = streams.keys();
        if (switches().gate()) {
            throw new StepRefused("the gate is on. First: frame-buffer migrate gate off");
        }
        if (!force && at(keys.legacy()).filter(there -> !there.hasLeftFor(at(keys.produced()))).isPresent()) {
            throw new StepRefused("the older service does not read " + keys.produced() + " yet: set its stream to "
                    + keys.produced()
                    + " and restart it, then repeat this command. Frames wait meanwhile. If you are sure: --force");
        }
        journal.run("gate off, frames given back", () -> {
            GateStore.giveBack(redis, streams);
            return true;
        });
    }
}
