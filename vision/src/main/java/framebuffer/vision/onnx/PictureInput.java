package framebuffer.vision.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.TensorInfo;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a model takes: pictures in planes of red, green and blue.
 *
 * @param name its name in the model
 * @param batch number of pictures that it takes at once; 0: any number
 * @param size of each picture
 */
record PictureInput(String name, int batch, Extent size) {
    private static final String UNDERSTOOD = "understood is one input [batch, 3, height, width] of float";
    private static final int DIMENSIONS = 4;

    /**
     * Reads what a model declares.
     *
     * @throws IllegalArgumentException when its input is not pictures; the message is one line
     */
    static PictureInput of(OnnxFiles files, Map<String, NodeInfo> declared) {
        if (declared.size() != 1) {
            throw refused(files, "has " + declared.size() + " inputs");
        }
        NodeInfo node = declared.values().iterator().next();
        if (!(node.getInfo() instanceof TensorInfo tensor)) {
            throw refused(files, "has the input " + node.getName() + ", which is not a tensor");
        }
        long[] shape = tensor.getShape();
        if (tensor.type != OnnxJavaType.FLOAT || shape.length != DIMENSIONS
                || (shape[1] > 0 && shape[1] != Letterbox.COLOURS)) {
            throw refused(files, "has the input " + node.getName() + " " + words(tensor));
        }
        int width = size(files, shape[3]);
        int height = size(files, shape[2]);
        return new PictureInput(node.getName(), (int) Math.max(0, shape[0]), new Extent(width, height));
    }

    private static int size(OnnxFiles files, long declared) {
        Integer asked = files.inputSize();
        if (declared > 0 && asked != null && asked != declared) {
            throw new IllegalArgumentException("input-size must not be " + asked + ": the model " + files.name()
                    + " takes pictures of " + declared + " pixels only");
        }
        return declared > 0 ? (int) declared : open(asked);
    }

    private static int open(@Nullable Integer asked) {
        return asked == null ? OnnxFiles.OPEN_SIZE : asked;
    }

    private static IllegalArgumentException refused(OnnxFiles files, String found) {
        return new IllegalArgumentException("the model " + files.name() + " " + found + "; " + UNDERSTOOD);
    }

    /** The shape and the type, such as {@code [1, 3, ?, ?] of float}. */
    private static String words(TensorInfo tensor) {
        return shape(tensor.getShape()) + " of " + tensor.type.name().toLowerCase(Locale.ROOT);
    }

    /** Such as {@code [1, 3, ?, ?]}. */
    static String shape(long[] shape) {
        return Arrays.stream(shape).mapToObj(size -> size < 0 ? "?" : Long.toString(size))
                .collect(Collectors.joining(", ", "[", "]"));
    }

    /** Number of pictures that a run of so many must hold. */
    int slots(int pictures) {
        return batch == 0 ? pictures : batch;
    }

    /** Number of values of one picture. */
    long values() {
        return (long) Letterbox.COLOURS * size.width() * size.height();
    }
}
