package framebuffer.app.serve;

import framebuffer.app.terminal.CannotRun;
import framebuffer.migration.steps.MigrationSteps;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisUnavailable;
import framebuffer.wire.Keys;
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
                if (MigrationSteps.isGateOn(redis, new Keys(options.redis().keyPrefix()))) {
                    throw new CannotRun(
                            "a migration is under way: its gate gives frames to this service. Start all instances"
                                    + " with --migration, or end the migration: frame-buffer migrate status says how");
                }
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
}
