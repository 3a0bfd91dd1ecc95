package framebuffer.migration.splitter;

import framebuffer.migration.steps.MigrationSteps;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.wire.Keys;
import framebuffer.wire.control.TrafficSwitches;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The share of the new side: that of the proxy itself, or that of the migration. */
public final class SplitShare implements AutoCloseable {
    /** A new share is effective after this time. */
    private static final Duration LOOK = Duration.ofMillis(200);

    private final @Nullable RedisLoop reader;
    private volatile int percent;

    private SplitShare(int percent) {
        this.percent = percent;
        this.reader = null;
    }

    private SplitShare(RedisAddress redis, Keys keys) {
        this.reader = new RedisLoop("split-share", redis, new SwitchReader(keys)).start();
    }

    /** A share that can be set. Throws {@link IllegalArgumentException} below 0 and above 100. */
    public static SplitShare of(int percent) {
        return new SplitShare(checked(percent));
    }

    /** The share that the migration has in this Redis; 0 while there is no gate. Without Redis, it stays as it is. */
    public static SplitShare ofMigration(RedisAddress redis, Keys keys) {
        return new SplitShare(redis, keys);
    }

    int percent() {
        return percent;
    }

    boolean isOfMigration() {
        return reader != null;
    }

    /** Why it cannot be read at present; null: it can. */
    @Nullable
    String trouble() {
        return reader == null ? null : reader.trouble();
    }

    /** Sets it. Throws {@link IllegalArgumentException} below 0 and above 100. */
    void set(int newPercent) {
        if (isOfMigration()) {
            throw new IllegalStateException("the migration sets the share");
        }
        percent = checked(newPercent);
    }

    private static int checked(int percent) {
        if (percent < 0 || percent > 100) {
            throw new IllegalArgumentException("the share is 0 to 100 percent, not " + percent);
        }
        return percent;
    }

    @Override
    public void close() {
        if (reader != null) {
            reader.close();
        }
    }

    private final class SwitchReader implements RedisLoop.Work {
        private final Keys keys;

        SwitchReader(Keys keys) {
            this.keys = keys;
        }

        @Override
        public void runOnce(RedisConnection redis) {
            TrafficSwitches switches = MigrationSteps.switches(redis, keys);
            percent = switches.gate() ? switches.percent() : 0;
        }

        @Override
        public Duration rest() {
            return LOOK;
        }
    }
}
