package framebuffer.app.serve;

import framebuffer.app.terminal.CannotRun;
import framebuffer.migration.gate.GateStore;
import framebuffer.migration.gate.GateStreams;
import framebuffer.migration.steps.MigrationSteps;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.wire.Keys;
import framebuffer.wire.Partitioning;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks that an instance starts as the migration in Redis requires: two ways of reading the same frames would handle them twice. */
final class MigrationCheck {
    private static final Logger log = LoggerFactory.getLogger(MigrationCheck.class);

    private MigrationCheck() {
    }

    /**
     * With {@code --shadow-mode}, begins as a shadow if the migration has not begun.
     *
     * @throws CannotRun when a migration is under way, and this instance would not take part
     */
    static void of(RedisAddress address, ServeOptions options) {
        MigrationOptions migration = options.migration();
        if (options.partitioning().tagged()) {
            return;
        }
        try (RedisConnection redis = RedisConnection.open(address)) {
            if (!migration.isOn()) {
                refuseOrFinish(redis, options);
            } else if (migration.beginsAsShadow()) {
                MigrationSteps steps = new MigrationSteps(redis, options.gateStreams());
                if (steps.journal().all().isEmpty()) {
                    steps.shadow(true);
                }
            }
        } catch (RedisUnavailable e) {
            log.warn("cannot check whether a migration is under way: {}", e.getMessage());
        }
    }

    /** After the older service was decommissioned, the first instance that starts without {@code --migration} ends the migration. */
    private static void refuseOrFinish(RedisConnection redis, ServeOptions options) {
        Keys keys = new Keys(options.redis().keyPrefix());
        if (!MigrationSteps.isGateOn(redis, keys)) {
            return;
        }
        if (!MigrationSteps.isDecommissioned(redis, keys)) {
            throw new CannotRun("a migration is under way: its gate gives frames to this service. Start all instances"
                    + " with --migration, or end the migration: frame-buffer migrate status says how");
        }
        GateStreams streams = options.migration().streams(Partitioning.behindGate(keys.prefix()),
                options.consumerGroup());
        try {
            if (!GateStore.finish(redis, streams)) {
                throw new CannotRun(
                        "an instance still runs with --migration, or ended less than a second ago: stop all of"
                                + " them, then start them without; frames wait meanwhile");
            }
        } catch (RedisRefused e) {
            throw new CannotRun("the migration cannot end: " + e.getMessage(), e);
        }
        log.info("the migration has ended: this service reads {} again", keys.capture());
    }
}
