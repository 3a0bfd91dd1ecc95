package framebuffer.migration.splitter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import framebuffer.migration.web.WebAnswer;
import framebuffer.migration.web.WebRequest;
import framebuffer.migration.web.WebServer;
import framebuffer.wire.text.Json;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** What the proxy answers itself: its figures, and its share. Everything else it passes on. */
final class OperatorResource implements WebServer.Resource {
    private static final String SHARE = "/split-proxy/share";
    /** An address, or a name of loopback: such a name cannot have been made to point here by somebody else. */
    private static final Predicate<String> LOCAL = Pattern
            .compile("(?i)((.+\\.)?localhost|\\d+(\\.\\d+){3}|\\[[0-9a-f:.]+])(:\\d+)?").asMatchPredicate();
    private static final List<String> OF_PROXIES = List.of("X-Forwarded-For", "Forwarded");

    private final ProxyResource proxy;
    private final SplitShare share;
    private final boolean anyHost;

    /**
     * @param anyHost whether clients may call the proxy by any name
     */
    OperatorResource(ProxyResource proxy, SplitShare share, boolean anyHost) {
        this.proxy = proxy;
        this.share = share;
        this.anyHost = anyHost;
    }

    @Override
    public WebAnswer answer(WebRequest request) throws InterruptedException {
        if (!anyHost && !isLocal(request)) {
            return WebAnswer.fault(421, "call this by its address, or as localhost");
        }
        return switch (request.line().path()) {
            case "/split-proxy/status" -> request.line().method().equals("GET")
                    ? WebAnswer.json(200, proxy.status())
                    : wrongMethod();
            case SHARE -> switch (request.line().method()) {
                case "GET" -> shown();
                case "PUT", "POST" -> refusal(request).orElseGet(() -> set(request.body()));
                default -> wrongMethod();
            };
            default -> proxy.answer(request);
        };
    }

    private static WebAnswer wrongMethod() {
        return WebAnswer.fault(405, "this method is not known here");
    }

    private static boolean isLocal(WebRequest request) {
        return request.headers("Host").stream().allMatch(LOCAL);
    }

    /** Only this machine may change the share, and no web page. */
    private Optional<WebAnswer> refusal(WebRequest request) {
        boolean direct = request.line().peerIsLocal() && isLocal(request)
                && OF_PROXIES.stream().allMatch(name -> request.headers(name).isEmpty());
        if (!direct || !request.headers("Origin").isEmpty()
                || !request.headers("Sec-Fetch-Site").stream().allMatch("none"::equals)) {
            return Optional.of(WebAnswer.fault(403, "only a program on this machine may change the share"));
        }
        return share.isOfMigration()
                ? Optional.of(WebAnswer.fault(409, "the migration sets the share: frame-buffer migrate split"))
                : Optional.empty();
    }

    private WebAnswer set(byte[] body) {
        JsonNode json = Json.value(body);
        JsonNode given = json != null && json.isObject() ? json.path("share") : json;
        if (given == null || !given.isInt() || given.intValue() < 0 || given.intValue() > 100) {
            return WebAnswer.fault(422, "the body must be {\"share\": N} with N from 0 to 100");
        }
        share.set(given.intValue());
        return shown();
    }

    private WebAnswer shown() {
        return WebAnswer.json(200, JsonNodeFactory.instance.objectNode().put("share", share.percent()));
    }
}
