package framebuffer.redis;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Tracks the faults of one piece of work on Redis, and logs each change. A fault of Redis itself, which affects every loop, is logged once
 * for the whole process.
 */
final class WorkFaults {
    private static final Script WRITES = Script.of("check_writable.lua");

    private final RedisFaults ofRedis;
    private final LastingFault own;
    /** Redis refused a write. Reads may still succeed, so the fault ends only after a test write. */
    private boolean refused;
    private volatile @Nullable String current;
    private volatile boolean hasWorked;

    WorkFaults(Logger log, String name, RedisAddress address) {
        this.ofRedis = RedisFaults.at(address.toString());
        this.own = new LastingFault(log, name);
    }

    /** Why the work cannot run at present; null: it runs. */
    @Nullable
    String current() {
        return current;
    }

    /** Whether the work has succeeded at least once. */
    boolean hasWorked() {
        return hasWorked;
    }

    /**
     * Restarts the work on this connection.
     *
     * @throws RedisRefused when Redis still refuses writes
     */
    void tryAgain(RedisConnection redis) {
        if (refused) {
            WRITES.call(redis, List.of(), List.of());
        }
    }

    /**
     * Reports a failure.
     *
     * @param ends whether the loop is ending: then only a programming error is logged
     */
    void failed(Throwable e, boolean ends) {
        String why = String.valueOf(e.getMessage());
        current = why;
        if (!(e instanceof RedisUnavailable || e instanceof RedisRefused)) {
            ofRedis.works(this);
            own.isFault(e);
        } else if (!ends) {
            lacks(e, why);
        }
    }

    private void lacks(Throwable e, String why) {
        if (!(e instanceof RedisRefused refusal)) {
            ofRedis.away(this, why);
        } else if (RedisFaults.isOfTheServer(refusal.code())) {
            refused = true;
            ofRedis.refuses(this, refusal.code(), why);
        } else {
            ofRedis.works(this);
            own.is(why + "; trying again");
        }
    }

    /** Reports a success. Connecting is not a success, because it succeeds even while Redis refuses the work. */
    void worked() {
        current = null;
        hasWorked = true;
        refused = false;
        ofRedis.works(this);
        own.over("works again");
    }

    /** The work ends. */
    void leave() {
        ofRedis.leaves(this);
    }
}
