package framebuffer.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes a small ONNX model whose output depends on the mean colour of each picture: {@code output = base + mean · weights}, where the mean
 * is that of red, green and blue, 0 to 1 each. A picture with a channel that is fully saturated makes the model fail.
 */
public final class OnnxFile {
    private static final int COLOURS = 3;
    private static final int FLOAT = 1;
    private static final int INT64 = 7;
    private static final int IR_VERSION = 8;
    private static final int OPSET = 13;

    private final List<Integer> input;
    private final List<Integer> output;
    private final float[] base;
    private final float[][] weights;

    /**
     * Describes a model.
     *
     * @param input shape of the input; a negative size is left open
     * @param output shape of the output after the batch
     * @param base the output for a black picture, row by row
     * @param weights for red, green and blue, what a fully bright picture adds to the output
     */
    public OnnxFile(List<Integer> input, List<Integer> output, float[] base, float[][] weights) {
        this.input = List.copyOf(input);
        this.output = List.copyOf(output);
        this.base = base.clone();
        this.weights = weights.clone();
    }

    /** A model whose output is the same for each picture. */
    public static OnnxFile constant(List<Integer> input, List<Integer> output, float[] base) {
        return new OnnxFile(input, output, base, new float[COLOURS][base.length]);
    }

    /** Writes the file. */
    public Path write(Path file) throws IOException {
        return Files.write(file, model(graph()));
    }

    /** Writes the file with a second input. */
    public Path writeWithTwoInputs(Path file) throws IOException {
        return Files.write(file, model(graph().message(11, value("more", FLOAT, List.of(1)))));
    }

    /**
     * Writes the file with an input that nothing reads, so that it may have any shape and type.
     *
     * @param type 1 float, 2 uint8, 10 float16
     */
    public Path writeWithInputOf(int type, Path file) throws IOException {
        return Files.write(file, model(new Message().text(2, "tiny")
                .message(1, node("Identity", List.of("base"), "output0"))
                .message(5, floats("base", batched(), base)).message(11, value("images", type, input))
                .message(12, value("output0", FLOAT, batched()))));
    }

    private List<Integer> batched() {
        List<Integer> shape = new ArrayList<>(List.of(1));
        shape.addAll(output);
        return shape;
    }

    private static byte[] model(Message graph) {
        return new Message().number(1, IR_VERSION).message(7, graph)
                .message(8, new Message().text(1, "").number(2, OPSET)).bytes();
    }

    private Message graph() {
        List<Integer> shape = new ArrayList<>(List.of(-1));
        shape.addAll(output);
        return new Message().text(2, "tiny")
                .message(1, node("ReduceMean", List.of("images"), "mean").message(5, integers("axes", 2, 3))
                        .message(5, integer("keepdims", 0)))
                // An index beyond the table is an error of the run: 1 × 2 for a saturated channel.
                .message(1, node("Mul", List.of("mean", "two"), "doubled"))
                .message(1, node("Floor", List.of("doubled"), "floor"))
                .message(1, node("Cast", List.of("floor"), "index").message(5, integer("to", INT64)))
                .message(1, node("Gather", List.of("ones", "index"), "factor"))
                .message(1, node("Mul", List.of("mean", "factor"), "checked"))
                .message(1, node("MatMul", List.of("checked", "weights"), "weighted"))
                .message(1, node("Add", List.of("weighted", "base"), "sum"))
                .message(1, node("Reshape", List.of("sum", "shape"), "output0"))
                .message(5, floats("two", List.of(1), new float[]{2}))
                .message(5, floats("ones", List.of(2), new float[]{1, 1}))
                .message(5, floats("weights", List.of(COLOURS, base.length), flat(weights)))
                .message(5, floats("base", List.of(base.length), base))
                .message(5,
                        new Message().number(1, shape.size()).number(2, INT64).text(8, "shape").raw(9, longs(shape)))
                .message(11, value("images", FLOAT, input)).message(12, value("output0", FLOAT, shape));
    }

    private static float[] flat(float[][] rows) {
        float[] all = new float[Arrays.stream(rows).mapToInt(row -> row.length).sum()];
        int at = 0;
        for (float[] row : rows) {
            System.arraycopy(row, 0, all, at, row.length);
            at += row.length;
        }
        return all;
    }

    private static Message node(String operator, List<String> inputs, String output) {
        Message node = new Message();
        inputs.forEach(input -> node.text(1, input));
        return node.text(2, output).text(4, operator);
    }

    private static Message integer(String name, long value) {
        return new Message().text(1, name).number(3, value).number(20, 2);
    }

    private static Message integers(String name, long... values) {
        Message attribute = new Message().text(1, name);
        Arrays.stream(values).forEach(value -> attribute.number(8, value));
        return attribute.number(20, 7);
    }

    private static Message floats(String name, List<Integer> shape, float[] values) {
        Message tensor = new Message();
        shape.forEach(size -> tensor.number(1, size));
        ByteBuffer raw = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            raw.putFloat(value);
        }
        return tensor.number(2, FLOAT).text(8, name).raw(9, raw.array());
    }

    private static byte[] longs(List<Integer> values) {
        ByteBuffer raw = ByteBuffer.allocate(values.size() * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        values.forEach(value -> raw.putLong(value));
        return raw.array();
    }

    private static Message value(String name, int type, List<Integer> sizes) {
        Message shape = new Message();
        for (int i = 0; i < sizes.size(); i++) {
            shape.message(1, sizes.get(i) < 0
                    ? new Message().text(2, "size" + i)
                    : new Message().number(1, sizes.get(i)));
        }
        return new Message().text(1, name)
                .message(2, new Message().message(1, new Message().number(1, type).message(2, shape)));
    }

    /** A message of Protocol Buffers: fields one behind another. */
    private static final class Message {
        private static final int VARINT = 0;
        private static final int LENGTH = 2;

        private final ByteArrayOutputStream fields = new ByteArrayOutputStream();

        Message number(int field, long value) {
            varint((long) field << 3 | VARINT);
            varint(value);
            return this;
        }

        Message raw(int field, byte[] value) {
            varint((long) field << 3 | LENGTH);
            varint(value.length);
            fields.writeBytes(value);
            return this;
        }

        Message text(int field, String value) {
            return raw(field, value.getBytes(StandardCharsets.UTF_8));
        }

        Message message(int field, Message value) {
            return raw(field, value.bytes());
        }

        byte[] bytes() {
            return fields.toByteArray();
        }

        private void varint(long value) {
            long rest = value;
            while ((rest & ~0x7FL) != 0) {
                fields.write((int) ((rest & 0x7F) | 0x80));
                rest >>>= 7;
            }
            fields.write((int) rest);
        }
    }
}
