package framebuffer.orchestrator.api.server;

import framebuffer.orchestrator.api.access.AccessLog;
import framebuffer.orchestrator.api.access.AllowedHosts;
import framebuffer.orchestrator.api.access.ApiTokens;
import framebuffer.orchestrator.api.access.CrossSiteGuard;
import framebuffer.orchestrator.api.http.Caller;
import framebuffer.orchestrator.api.http.Caller.CallerRole;
import framebuffer.orchestrator.api.http.Problem;
import framebuffer.orchestrator.api.http.Problem.ProblemType;
import framebuffer.orchestrator.api.http.Request.RequestHeader;
import framebuffer.orchestrator.api.http.Response;
import framebuffer.orchestrator.api.http.Route;
import framebuffer.orchestrator.api.http.Route.Access;
import framebuffer.orchestrator.api.server.RouteTable.RouteMatch;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns every request into a response: authorizes it, calls the endpoint, turns exceptions into problems, and adds the request id. */
final class RequestHandler extends Handler.Abstract {
    private static final Logger log = LoggerFactory.getLogger(RequestHandler.class);
    /** Memory of large request bodies, and of large responses that are not sent yet. */
    private static final int MEMORY = 32 << 20;

    private final RouteTable routes;
    private final ApiTokens tokens;
    private final int maxBody;
    private final CrossSiteGuard crossSite;
    private final OpenConnections connections;
    private final AccessLog accesses = new AccessLog();
    private final EventListeners listeners = new EventListeners();
    private final MemoryBudget requests;
    /** One large response must not hold up all others until its caller has read it. */
    private final MemoryBudget responses = new MemoryBudget(MEMORY, MEMORY / 4);

    /**
     * @param hosts accepted host names
     * @param maxBody largest request body, in bytes
     * @param connections learns which connections wait for their callers
     */
    RequestHandler(List<Route> routes, ApiTokens tokens, AllowedHosts hosts, int maxBody,
            OpenConnections connections) {
        super(InvocationType.BLOCKING);
        this.routes = new RouteTable(routes);
        this.tokens = tokens;
        this.maxBody = maxBody;
        this.crossSite = new CrossSiteGuard(hosts);
        this.connections = connections;
        int most = Math.max(MEMORY, maxBody);
        this.requests = new MemoryBudget(most, most);
    }

    @Override
    public boolean handle(Request request, org.eclipse.jetty.server.Response response, Callback callback) {
        RequestReader reader = new RequestReader(request);
        ResponseSender sender = new ResponseSender(reader, response, callback, responses.new Share(), listeners);
        Connection connection = request.getConnectionMetaData().getConnection();
        try (MemoryBudget.Share memory = requests.new Share()) {
            RouteMatch match = routes.match(reader.method(), reader.path());
            Map<String, List<String>> headers = reader.headers();
            Optional<Caller> caller = tokens.caller(headers.getOrDefault("Authorization", List.of()));
            RequestHeader head = new RequestHeader(reader.method(), reader.path(), match.parameters(), reader.queries(),
                    headers, reader.peer(), caller.orElse(Caller.ANYBODY));
            Optional<Problem> refusal = crossSite.refusal(head, match.route().access() == Access.PROBE)
                    .or(() -> refusal(match.route(), caller));
            refusal.ifPresent(why -> accesses.refused(head, why));
            Optional<Problem> unanswered = refusal.or(() -> Optional.ofNullable(match.unanswered()));
            if (unanswered.isPresent() && reader.skipBody()) {
                sender.send(unanswered.get());
            } else if (unanswered.isPresent()) {
                sender.hangUp(unanswered.get());
            } else {
                byte[] body = reader.body(maxBody, memory);
                if (!connections.begin(connection)) {
                    callback.failed(new IOException("the connection was closed before the request was complete"));
                    return true;
                }
                Response answer = match.route().endpoint()
                        .answer(new framebuffer.orchestrator.api.http.Request(head, body));
                accesses.answered(head, match.route(), answer);
                sender.answer(answer, head.caller());
            }
        } catch (RequestRejected rejected) {
            sender.hangUp(rejected.problem());
        } catch (RedisUnavailable | RedisRefused e) {
            sender.send(unavailable(e));
        } catch (RejectedExecutionException e) {
            sender.send(new Problem(ProblemType.UNAVAILABLE, "Too many callers ask this at once: " + e.getMessage(),
                    List.of(), Map.of("Retry-After", "2")));
        } catch (RuntimeException | StackOverflowError e) {
            log.error("request {} failed: {} {}", reader.id(), reader.method(), reader.path(), e);
            sender.send(new Problem(ProblemType.INTERNAL, "The log has details under the id of this request"));
        } finally {
            connections.end(connection);
        }
        return true;
    }

    private static Optional<Problem> refusal(Route route, Optional<Caller> caller) {
        if (route.open()) {
            return Optional.empty();
        }
        if (caller.isEmpty()) {
            return Optional.of(new Problem(ProblemType.UNAUTHORIZED,
                    "Send the header Authorization: Bearer, with the API token",
                    List.of(), Map.of("WWW-Authenticate", "Bearer realm=\"frame-buffer\"")));
        }
        CallerRole role = caller.get().role();
        boolean permitted = role == CallerRole.ADMIN || route.access() == Access.READ
                || (route.access() == Access.PROCESSOR && role == CallerRole.PROCESSOR);
        return permitted
                ? Optional.empty()
                : Optional.of(new Problem(ProblemType.FORBIDDEN, "The token " + caller.get().name()
                        + (role == CallerRole.READ ? " may only read" : " may only change its processor")));
    }

    /** Ends all event streams; later ones end at once. */
    void endStreams() {
        listeners.stop();
    }

    static Problem unavailable(RuntimeException e) {
        String why = e instanceof RedisRefused ? "Redis refuses: " : "Redis is unreachable: ";
        return new Problem(ProblemType.UNAVAILABLE, why + e.getMessage(), List.of(), Map.of("Retry-After", "1"));
    }
}
