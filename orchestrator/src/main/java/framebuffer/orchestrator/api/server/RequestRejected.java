package framebuffer.orchestrator.api.server;

import framebuffer.orchestrator.api.http.Problem;

/** Ends a request with a problem, and its connection: the rest of the input is useless. */
final class RequestRejected extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final transient Problem problem;

    RequestRejected(Problem problem) {
        super(problem.detail(), null, false, false);
        this.problem = problem;
    }

    Problem problem() {
        return problem;
    }
}
