package framebuffer.client;

import java.util.List;

/** A reply of the orchestrator. */
sealed interface ApiReply {

    /**
     * The request was accepted.
     *
     * @param draining whether the processor must finish its frames and stop
     * @param prefixes key prefix of each partition in which the processor reads; empty: a single partition without a prefix
     */
    record Accepted(boolean draining, List<String> prefixes) implements ApiReply {
    }

    /**
     * The request was refused; a retry is useless.
     *
     * @param status the HTTP status
     * @param detail the reason, in one line
     */
    record Refused(int status, String detail) implements ApiReply {
    }

    /**
     * The orchestrator is unreachable or temporarily unable.
     *
     * @param why the reason, in one line
     */
    record Away(String why) implements ApiReply {
    }
}
