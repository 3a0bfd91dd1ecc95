package framebuffer.client;

import java.util.List;

/** What came of asking the orchestrator for something. */
sealed interface ApiReply {

    /**
     * It did so.
     *
     * @param draining
     *            whether it says that the processor is to finish what it has and to go
     * @param prefixes
     *            what the names of the keys begin with in each partition in which the processor reads; empty: there is one, and its keys
     *            are called as they are
     */
    record Accepted(boolean draining, List<String> prefixes) implements ApiReply {
    }

    /**
     * It will not, however often it is asked.
     *
     * @param status
     *            the HTTP status
     * @param detail
     *            why, in one line
     */
    record Refused(int status, String detail) implements ApiReply {
    }

    /**
     * It cannot be reached, or cannot do so at present.
     *
     * @param why
     *            in one line
     */
    record Away(String why) implements ApiReply {
    }
}
