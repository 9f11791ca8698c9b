// SPDX-License-Identifier: Apache-2.0

internal import CFFmpegShim

/// A small libavfilter graph, built node by node and run a frame at a time.
@safe package final class FilterGraph {
    /// A node's number.
    package struct Node: Sendable, Hashable { let index: Int32 }

    private let pointer: OpaquePointer

    package init() throws(LibavError) {
        guard let graph = unsafe cfs_graph_create() else { throw .outOfMemory("create filter graph") }
        unsafe pointer = graph
    }

    deinit { unsafe cfs_graph_free(pointer) }

    /// A place where frames come in.
    package func input(_ format: Frame.Format, width: Int, height: Int) throws(LibavError) -> Node {
        let code = format == .alpha ? Int32(CFS_ALPHA.rawValue) : Int32(CFS_OPAQUE.rawValue)
        return Node(
            index: try check("add graph input") {
                unsafe cfs_graph_add_input(pointer, code, Int32(width), Int32(height))
            })
    }

    /// Paints a layer over a base.
    ///
    /// The position is even, as 4:2:0 wants it.
    package func overlay(_ layer: Node, over base: Node, x: Int, y: Int) throws(LibavError) -> Node {
        Node(
            index: try check("add overlay") {
                unsafe cfs_graph_add_overlay(pointer, base.index, layer.index, Int32(x), Int32(y))
            })
    }

    /// Mixes two pictures by a mask: 0 is `from`, 255 is `to`.
    package func merge(from: Node, to: Node, mask: Node) throws(LibavError) -> Node {
        Node(
            index: try check("add merge") {
                unsafe cfs_graph_add_merge(pointer, from.index, to.index, mask.index)
            })
    }

    /// A Gaussian blur of the given standard deviation in pixels.
    package func blur(_ input: Node, sigma: Double) throws(LibavError) -> Node {
        Node(index: try check("add blur") { unsafe cfs_graph_add_blur(pointer, input.index, sigma) })
    }

    /// Ends the graph; throws if libavfilter put a conversion of its own into it.
    package func configure(
        output: Node, _ format: Frame.Format = .opaque, width: Int, height: Int
    ) throws(LibavError) {
        let code = format == .alpha ? Int32(CFS_ALPHA.rawValue) : Int32(CFS_OPAQUE.rawValue)
        try check("configure filter graph") {
            unsafe cfs_graph_configure(pointer, output.index, code, Int32(width), Int32(height))
        }
    }

    /// Moves an overlay from the next frame on.
    package func move(_ overlay: Node, x: Int, y: Int) throws(LibavError) {
        try check("move overlay") { unsafe cfs_graph_move(pointer, overlay.index, Int32(x), Int32(y)) }
    }

    /// Gives an input its frame for a time.
    package func push(_ frame: consuming Frame, to input: Node, at index: Int) throws(LibavError) {
        let given = unsafe try Frame.surrender(frame, "push frame")
        try check("push frame") { unsafe cfs_graph_push(pointer, input.index, given, Int64(index)) }
    }

    /// Takes the finished frame.
    package func pull() throws(LibavError) -> Frame {
        var frame: OpaquePointer?
        try check("run filter graph") { unsafe cfs_graph_pull(pointer, &frame) }
        guard let frame = unsafe frame else { throw .outOfMemory("run filter graph") }
        return unsafe Frame(adopting: frame)
    }
}
