package framebuffer.orchestrator.api.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import framebuffer.orchestrator.api.contract.Contract.Operation;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;

/** Generates requests from the OpenAPI document by a seed: most are valid, the rest wrong in some way. */
final class AnyRequest {
    private static final List<String> METHODS = List.of("GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS",
            "BREW");
    private static final List<String> HEADERS = List.of("X-Request-ID", "Content-Type", "Accept", "Authorization",
            "traceparent", "Accept-Encoding", "Range", "If-None-Match", "Cookie", "X-Forwarded-For", "Origin");
    private static final int TOO_LARGE = (1 << 20) + 1;

    private final Contract contract;
    private final RandomGenerator random;
    private final AnyJson json;

    /**
     * A request.
     *
     * @param headers name, value, name, value, …
     * @param body one character for each byte
     */
    record Request(String method, String path, List<String> headers, String body) {
        byte[] bytes() {
            return body.getBytes(StandardCharsets.ISO_8859_1);
        }

        @Override
        public String toString() {
            return method + " " + path + " " + headers + " " + body.substring(0, Math.min(body.length(), 500));
        }
    }

    AnyRequest(Contract contract, long seed) {
        this.contract = contract;
        this.random = new SplittableRandom(seed);
        this.json = new AnyJson(contract, random);
    }

    Request next() {
        Operation operation = contract.operations().get(random.nextInt(contract.operations().size()));
        String method = oneIn(15) ? METHODS.get(random.nextInt(METHODS.size())) : operation.method();
        return new Request(method, path(operation), headers(),
                new String(body(operation), StandardCharsets.ISO_8859_1));
    }

    private boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    private String path(Operation operation) {
        String id = oneIn(6) ? encoded(json.odd()) : id(operation);
        String path = (oneIn(5) ? "/api/v1" : "")
                + operation.path().replaceAll("\\{\\w+}", Matcher.quoteReplacement(id.isEmpty() ? "%20" : id));
        if (oneIn(40)) {
            path += List.of("/", "//", "/more", "/..", "/%2e%2e", ";a=b", "/%00").get(random.nextInt(7));
        }
        List<String> query = new ArrayList<>();
        for (JsonNode one : operation.said().path("parameters")) {
            JsonNode parameter = contract.resolved(one);
            if (parameter.path("in").asText().equals("query") && random.nextBoolean()) {
                JsonNode value = oneIn(3)
                        ? JsonNodeFactory.instance.textNode(json.odd())
                        : json.of(parameter.path("schema"));
                query.add(parameter.path("name").asText() + "=" + encoded(value.asText()));
            }
        }
        if (oneIn(20)) {
            query.add(encoded(json.odd()) + (random.nextBoolean() ? "=" + encoded(json.odd()) : ""));
        }
        return query.isEmpty() ? path : path + "?" + String.join("&", query);
    }

    /** A value of the path parameter's enumeration, if it has one. */
    private String id(Operation operation) {
        JsonNode listed = contract.resolved(operation.shared().path("parameters").path(0)).path("schema").path("enum");
        return listed.isEmpty() ? json.id() : listed.path(random.nextInt(listed.size())).asText();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private List<String> headers() {
        List<String> headers = new ArrayList<>();
        while (oneIn(3)) {
            headers.add(HEADERS.get(random.nextInt(HEADERS.size())));
            headers.add(random.ints(random.nextInt(oneIn(10) ? 2_000 : 40), 0x20, 0x7F)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString());
        }
        return headers;
    }

    private byte[] body(Operation operation) {
        if (oneIn(200)) {
            return utf8("x".repeat(TOO_LARGE + random.nextInt(TOO_LARGE)));
        }
        JsonNode body = contract.resolved(operation.said().path("requestBody"));
        if (body.isMissingNode()) {
            return oneIn(10) ? utf8(json.odd()) : new byte[0];
        }
        JsonNode valid = json.of(body.path("content").path("application/json").path("schema"));
        return switch (random.nextInt(12)) {
            case 0 -> oneIn(2) ? new byte[0] : utf8(json.odd());
            case 1 -> mangled(utf8(valid.toString()));
            case 2 -> utf8(json.other().toString());
            case 3, 4, 5 -> utf8(json.spoilt(valid).toString());
            default -> utf8(valid.toString());
        };
    }

    /** Replaces or drops some bytes. */
    private byte[] mangled(byte[] bytes) {
        byte[] mangled = Arrays.copyOf(bytes, oneIn(2) ? random.nextInt(bytes.length + 1) : bytes.length);
        for (int i = random.nextInt(4); i > 0 && mangled.length > 0; i--) {
            mangled[random.nextInt(mangled.length)] = (byte) random.nextInt(256);
        }
        return mangled;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
