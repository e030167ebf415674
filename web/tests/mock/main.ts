import { startMock } from './server'

const { address } = await startMock({ port: Number(process.env.PORT ?? 8080) })
console.log(`mock of Shu's API at ${address}`)
