package framebuffer.trials.chaos.faults;

import framebuffer.redis.RedisAddress;

/** The Redis of a run: one server or a cluster. Thread-safe. */
interface Servers extends AutoCloseable {
    /** The address. */
    RedisAddress address();

    /** Kills the master of a partition. */
    void kill(int partition);

    /** Restarts the killed server, and waits until it has read its data. */
    void restart();

    /** Suspends the master of a partition. */
    void suspend(int partition);

    /** Resumes the suspended server. */
    void resume();

    /** Breaks all connections to the master of a partition. */
    void cut(int partition);

    @Override
    void close();
}
