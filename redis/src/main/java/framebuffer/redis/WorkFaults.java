package framebuffer.redis;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The faults of one piece of work on Redis: whether it works at present, and one line in the log when that changes. A fault of Redis
 * itself, which every loop meets, is logged once for the whole process.
 */
final class WorkFaults {
    private static final Script WRITES = Script.of("check_writable.lua");

    private final RedisFaults ofRedis;
    private final LastingFault own;
    /** Redis refused to write. Reads may succeed all the same, so Redis is asked for a write before the fault is over. */
    private boolean refused;
    private volatile @Nullable String current;

    WorkFaults(Logger log, String name, RedisAddress address) {
        this.ofRedis = RedisFaults.at(address.toString());
        this.own = new LastingFault(log, name);
    }

    /** Why the work cannot be done at present; null when it can. */
    @Nullable
    String current() {
        return current;
    }

    /**
     * The work begins again on this connection.
     *
     * @throws RedisRefused
     *             when Redis still refuses writes
     */
    void tryAgain(RedisConnection redis) {
        if (refused) {
            WRITES.call(redis, List.of(), List.of());
        }
    }

    /**
     * The work failed.
     *
     * @param ends
     *            whether the loop ends anyway: then only a fault of ours is logged
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

    /** Only work that was done shows that all is well: where Redis refuses the work, connecting succeeds each time. */
    void worked() {
        current = null;
        refused = false;
        ofRedis.works(this);
        own.over("works again");
    }

    /** The work ends. */
    void leave() {
        ofRedis.leaves(this);
    }
}
