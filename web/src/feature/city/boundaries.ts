// The districts' outlines: which are too small for their name on the map of the whole city.
import { nameOf } from '@/shell/i18n'

type Ring = [number, number][]

export interface Boundaries {
  type: 'FeatureCollection'
  features: {
    type: 'Feature'
    id: string
    properties: { name: string; cp?: unknown }
    geometry: { type: 'Polygon'; coordinates: Ring[] } | { type: 'MultiPolygon'; coordinates: Ring[][] }
  }[]
}

/** Below this share of the city a name does not fit. */
const smallShare = 0.02

/** Without the published label points, which stand at the seats of government: the middle of the area is read better. */
export function centred(boundaries: Boundaries): Boundaries {
  const features = boundaries.features.map((feature) => ({ ...feature, properties: { ...feature.properties, cp: undefined } }))
  return { ...boundaries, features }
}

/** Names of the small areas; none when they are most of the city, for then nothing is gained by drawing them apart. */
export function smallAreas(boundaries: Boundaries): string[] {
  const areas = boundaries.features.map((feature) => ({ name: feature.properties.name, area: areaOf(feature.geometry) }))
  const total = areas.reduce((sum, one) => sum + one.area, 0)
  const names = areas.filter((one) => one.area < total * smallShare).map((one) => one.name)
  return names.length > areas.length / 2 ? [] : names
}

function areaOf(geometry: Boundaries['features'][number]['geometry']): number {
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
  return polygons.reduce((sum, [outer]) => sum + Math.abs(ringArea(outer)), 0)
}

function ringArea(ring: Ring): number {
  let twice = 0
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) twice += ring[j][0] * ring[i][1] - ring[i][0] * ring[j][1]
  return twice / 2
}

/** The name without the English word for what kind of division it is, where many stand close together. */
export function shortName(district: { name: string; name_en: string }): string {
  return nameOf(district).replace(/( New)? (District|County|City)$/, '')
}
