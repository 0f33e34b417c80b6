namespace Keten.Gateway.Involvement;

/// <summary>How far the view had been read where a person is kept.</summary>
/// <param name="Partition">Partition of <c>keten.involvement-by-person.v1</c>.</param>
/// <param name="Offset">Offset of the next record; 0: none was read.</param>
public readonly record struct ViewPosition(int Partition, long Offset);
