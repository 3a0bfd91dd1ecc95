package framebuffer.orchestrator.api.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Generates values that a schema of the OpenAPI document allows, and corrupts them. */
final class AnyJson {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final List<String> CAPABILITIES = List.of("face", "car", "age", "\u00e9tat", "\uD83D\uDCF7");
    private static final List<String> ODD = List.of("", " ", "\0", "\u202e", "\uFEFF", "\uD83D\uDCF7".repeat(100),
            "\u0665",
            "../..", "%00", "{}", "null", "'\"<&>", "\r\nX-Evil: 1", "x".repeat(3_000), "\u0301\u0301", "-1", "NaN",
            "frames:capture");

    private final Contract contract;
    private final RandomGenerator random;

    AnyJson(Contract contract, RandomGenerator random) {
        this.contract = contract;
        this.random = random;
    }

    /** The id of a processor that is probably registered. */
    String id() {
        return "p" + random.nextInt(20);
    }

    String odd() {
        return ODD.get(random.nextInt(ODD.size()));
    }

    /** A value that the schema allows. */
    JsonNode of(JsonNode schema) {
        if (schema.has("$ref")) {
            String name = schema.path("$ref").asText();
            return name.endsWith("/Capability")
                    ? JSON.textNode(CAPABILITIES.get(random.nextInt(CAPABILITIES.size())))
                    : of(contract.resolved(schema));
        }
        if (schema.has("enum")) {
            return schema.path("enum").path(random.nextInt(schema.path("enum").size()));
        }
        JsonNode type = schema.path("type");
        return switch (type.isArray() ? type.path(random.nextInt(type.size())).asText() : type.asText()) {
            case "object" -> object(schema);
            case "array" -> list(schema);
            case "integer" -> JSON.numberNode(random.nextLong(schema.path("minimum").asLong(),
                    Math.min(schema.path("maximum").asLong(1_000), 1_000_000) + 1));
            case "number" -> JSON.numberNode(schema.path("minimum").asDouble() + random.nextInt(1_000) / 10.0);
            case "boolean" -> JSON.booleanNode(random.nextBoolean());
            case "string" -> JSON.textNode(text(schema));
            default -> throw new AssertionError("no type: " + schema);
        };
    }

    private ObjectNode object(JsonNode schema) {
        ObjectNode object = JSON.objectNode();
        List<String> required = new ArrayList<>();
        schema.path("required").forEach(name -> required.add(name.asText()));
        schema.path("properties").properties().stream()
                .filter(member -> required.contains(member.getKey()) || random.nextInt(4) == 0)
                .forEach(member -> object.set(member.getKey(), member.getValue().has("examples")
                        ? member.getValue().path("examples").path(0)
                        : of(member.getValue())));
        return object;
    }

    private ArrayNode list(JsonNode schema) {
        ArrayNode list = JSON.arrayNode();
        for (int i = schema.path("minItems").asInt() + random.nextInt(3); i > 0; i--) {
            list.add(of(schema.path("items")));
        }
        return list;
    }

    private String text(JsonNode schema) {
        String pattern = schema.path("pattern").asText();
        if (pattern.startsWith("^https?")) {
            return "http://127.0.0.1:1/health";
        }
        return pattern.startsWith("^frames:ready:") ? "frames:ready:" + id() : id();
    }

    /** The value with one member, at any depth, dropped or replaced. */
    JsonNode spoilt(JsonNode value) {
        if (value instanceof ObjectNode object && !object.isEmpty()) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            String name = names.get(random.nextInt(names.size()));
            JsonNode member = object.path(name);
            switch (random.nextInt(4)) {
                case 0 -> object.remove(name);
                case 1 -> object.set(name, member.isContainerNode() ? spoilt(member) : other());
                case 2 -> object.set(odd(), other());
                default -> object.set(name, other());
            }
        } else if (value instanceof ArrayNode list && !list.isEmpty()) {
            list.set(random.nextInt(list.size()), other());
        }
        return value;
    }

    /** Any value, most likely of a wrong type. */
    JsonNode other() {
        return switch (random.nextInt(12)) {
            case 0 -> JSON.nullNode();
            case 1 -> JSON.numberNode(-1);
            case 2 -> JSON.numberNode(new BigInteger("9".repeat(40)));
            case 3 -> JSON.numberNode(new BigDecimal("1e400"));
            case 4 -> JSON.numberNode(0.5);
            case 5 -> JSON.booleanNode(true);
            case 6 -> JSON.arrayNode().add(odd());
            case 7 -> JSON.objectNode().put(odd(), odd());
            case 8 -> deep();
            case 9 -> JSON.textNode("\ud800");
            default -> JSON.textNode(odd());
        };
    }

    private JsonNode deep() {
        JsonNode deep = JSON.nullNode();
        for (int i = random.nextInt(150); i > 0; i--) {
            deep = random.nextBoolean() ? JSON.arrayNode().add(deep) : JSON.objectNode().set("a", deep);
        }
        return deep;
    }
}
