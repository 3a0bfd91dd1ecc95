package framebuffer.client.telemetry;

import org.slf4j.Logger;

/** A condition that lasts: logged when it begins, with its first cause, and when it ends. For one thread. */
public final class Trouble {
    private final Logger log;
    private final String who;
    private boolean lasts;

    /**
     * @param who
     *            whom it befalls: the beginning of each line
     */
    public Trouble(Logger log, String who) {
        this.log = log;
        this.who = who;
    }

    /** There is trouble; logged unless there was already. */
    public void is(String why) {
        if (!lasts) {
            lasts = true;
            log.warn("{}: {}", who, why);
        }
    }

    /** All is well; logged if there was trouble. */
    public void over(String how) {
        if (lasts) {
            lasts = false;
            log.info("{}: {}", who, how);
        }
    }
}
