package framebuffer.trials.load;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;

/** Receives spans over OTLP/HTTP, as a collector does. */
final class OtlpReceiver implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ConcurrentLinkedQueue<Seen> spans = new ConcurrentLinkedQueue<>();
    private final AtomicInteger received = new AtomicInteger();
    private final AtomicInteger asked = new AtomicInteger();
    private final CountDownLatch answering;

    /**
     * A span as it arrived.
     *
     * @param parent empty: it has none
     * @param links the ids of the spans it is linked to
     */
    record Seen(String service, String name, String trace, String id, String parent, Map<String, String> attributes,
            List<String> links) {
    }

    private OtlpReceiver(CountDownLatch answering) throws IOException {
        this.answering = answering;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/v1/traces", this::receive);
        server.start();
    }

    OtlpReceiver() throws IOException {
        this(new CountDownLatch(0));
    }

    /** A receiver that accepts spans, and replies only when it is closed. */
    static OtlpReceiver thatNeverAnswers() throws IOException {
        return new OtlpReceiver(new CountDownLatch(1));
    }

    /** The environment variables of a process that exports its spans here. */
    Map<String, String> environment() {
        return Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** The same for a process that must export every span, even on a busy machine. */
    Map<String, String> patientEnvironment() {
        Map<String, String> patient = new HashMap<>(environment());
        patient.putAll(Map.of("OTEL_BSP_MAX_QUEUE_SIZE", "60000", "OTEL_BSP_EXPORT_TIMEOUT", "60000",
                "OTEL_EXPORTER_OTLP_TIMEOUT", "60000"));
        return patient;
    }

    /** The number of spans received. */
    int received() {
        return received.get();
    }

    List<Seen> spans() {
        return List.copyOf(spans);
    }

    /** The number of requests. */
    int asked() {
        return asked.get();
    }

    private void receive(HttpExchange exchange) throws IOException {
        boolean zipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
        try (InputStream body = zipped ? new GZIPInputStream(exchange.getRequestBody()) : exchange.getRequestBody()) {
            ExportTraceServiceRequest.parseFrom(body).getResourceSpansList().forEach(this::take);
        }
        asked.incrementAndGet();
        try {
            answering.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
        exchange.sendResponseHeaders(200, -1);
        exchange.close();
    }

    private void take(ResourceSpans of) {
        String service = attributes(of.getResource().getAttributesList()).getOrDefault("service.name", "");
        of.getScopeSpansList().forEach(scope -> scope.getSpansList().forEach(span -> {
            spans.add(seen(service, span));
            received.incrementAndGet();
        }));
    }

    private static Seen seen(String service, Span span) {
        HexFormat hex = HexFormat.of();
        return new Seen(service, span.getName(), hex.formatHex(span.getTraceId().toByteArray()),
                hex.formatHex(span.getSpanId().toByteArray()), hex.formatHex(span.getParentSpanId().toByteArray()),
                attributes(span.getAttributesList()),
                span.getLinksList().stream().map(link -> hex.formatHex(link.getSpanId().toByteArray())).toList());
    }

    private static Map<String, String> attributes(List<KeyValue> list) {
        Map<String, String> attributes = new TreeMap<>();
        list.forEach(one -> attributes.put(one.getKey(), switch (one.getValue().getValueCase()) {
            case STRING_VALUE -> one.getValue().getStringValue();
            case INT_VALUE -> String.valueOf(one.getValue().getIntValue());
            case DOUBLE_VALUE -> String.valueOf(one.getValue().getDoubleValue());
            default -> one.getValue().toString();
        }));
        return attributes;
    }

    @Override
    public void close() {
        answering.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
