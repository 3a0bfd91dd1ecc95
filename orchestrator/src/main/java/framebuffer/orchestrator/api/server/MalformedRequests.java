package framebuffer.orchestrator.api.server;

import framebuffer.orchestrator.api.http.Problem;
import framebuffer.orchestrator.api.http.Problem.ProblemType;
import framebuffer.wire.text.Json;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Answers requests that reach no route, mostly invalid HTTP, and closes the connection. */
final class MalformedRequests implements Request.Handler {

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Object status = request.getAttribute(ErrorHandler.ERROR_STATUS);
        Object message = request.getAttribute(ErrorHandler.ERROR_MESSAGE);
        Problem problem = new Problem(kind(status instanceof Integer code ? code : 500),
                message instanceof String text ? text : "The request cannot be read");
        RequestReader reader = new RequestReader(request);
        byte[] body = Json.bytes(problem.json(reader.path(), reader.id()));
        response.setStatus(problem.kind().status());
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, Problem.CONTENT_TYPE)
                .put(RequestReader.ID_HEADER, reader.id())
                // Jetty closes the connection, and does not always say so: the caller would lose its next request.
                .put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE);
        response.write(true, ByteBuffer.wrap(body), callback);
        return true;
    }

    private static ProblemType kind(int status) {
        return switch (status) {
            case 413 -> ProblemType.TOO_LARGE;
            case 503 -> ProblemType.UNAVAILABLE;
            case 505 -> ProblemType.BAD_REQUEST;
            default -> status >= 500 ? ProblemType.INTERNAL : ProblemType.BAD_REQUEST;
        };
    }
}
